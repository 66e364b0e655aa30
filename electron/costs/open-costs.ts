import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import { type costProcedures, pricesSchema, type Prices } from "../../shared/contract/costs.ts";
import type { Store } from "../store/open-store.ts";
import { csvOfRecords } from "./cost-csv.ts";
import { CostLedger, type CostLedgerOptions, ledgerJob } from "./cost-ledger.ts";
import { CostStore } from "./cost-store.ts";
import { totalsOf } from "./cost-totals.ts";
import {
  attemptCosts,
  type LedgerLine,
  linesOfOpenAttempt,
  linesOfRecords,
} from "./ledger-line.ts";
import { JOULES_PER_KWH } from "./reckon-attempt.ts";

export interface OpenCostsOptions extends Pick<
  CostLedgerOptions,
  | "listJobs"
  | "findJob"
  | "historyOf"
  | "gpuNames"
  | "onJobChanged"
  | "now"
  | "log"
  | "readIntervalMs"
> {
  store: Store;
  publish: Publish;
  settings: {
    get(): { prices: Prices };
    update(change: { prices: Prices }): unknown;
  };
}

export interface Costs {
  readonly requests: Handlers<keyof typeof costProcedures>;
  readonly prices: () => Prices;
  /** Mean power of a GPU of this job, as far as it was measured; null where it was not. */
  readonly meanPowerW: (jobId: string) => number | null;
  /** Resolves when the books of the job (or of all) are as its files are now. */
  settle(jobId?: string): Promise<void>;
  close(): Promise<void>;
}

export function openCosts(options: OpenCostsOptions): Costs {
  const { publish, settings, findJob } = options;
  const costs = new CostStore(options.store);
  const prices = (): Prices => settings.get().prices;
  const ledger = new CostLedger({
    ...options,
    costs,
    prices,
    onChanged: (jobId) => publish("costs.changed", { jobId }, jobId),
  });

  const openLines = async (jobId: string): Promise<LedgerLine[]> => {
    const job = await findJob(jobId);
    if (job === null) return [];
    return ledger
      .openAttempts(jobId)
      .flatMap(({ metered, until }) =>
        linesOfOpenAttempt(ledgerJob(job), metered, until, prices()),
      );
  };
  const allLines = async (): Promise<LedgerLine[]> => {
    const open = await Promise.all(costs.openJobs().map(openLines));
    return [...linesOfRecords(costs.records()), ...open.flat()];
  };

  return {
    requests: {
      "costs.ofJob": async ({ id }) => {
        if ((await findJob(id)) === null) {
          throw new AppError("not_found", `There is no job ${id}. It may have been deleted.`);
        }
        await ledger.settle(id);
        const lines = [...linesOfRecords(costs.records(id)), ...(await openLines(id))];
        const { currency } = prices();
        return { currency, attempts: attemptCosts(lines, currency) };
      },
      "costs.totals": async ({ by }) => {
        await ledger.settle();
        const { currency } = prices();
        return { currency, totals: totalsOf(await allLines(), by, currency) };
      },
      "costs.csv": async () => {
        await ledger.settle();
        return { text: csvOfRecords(costs.records()) };
      },
      "costs.prices": () => prices(),
      "costs.setPrices": (wanted) => {
        settings.update({ prices: pricesSchema.parse(wanted) });
        publish("costs.changed", { jobId: null });
        return prices();
      },
    },
    prices,
    meanPowerW(jobId) {
      const entered = linesOfRecords(costs.records(jobId));
      const open = costs.openAttempts(jobId).flatMap(({ byQuarter }) => [...byQuarter.values()]);
      const seconds = sum([
        ...entered.map(({ measuredGpuSeconds }) => measuredGpuSeconds),
        ...open.map(({ gpuSeconds }) => gpuSeconds),
      ]);
      const joules = sum([
        ...entered.map(({ kwh }) => (kwh ?? 0) * JOULES_PER_KWH),
        ...open.map((energy) => energy.joules),
      ]);
      return seconds > 0 ? joules / seconds : null;
    },
    settle: (jobId) => ledger.settle(jobId),
    close: () => ledger.close(),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
