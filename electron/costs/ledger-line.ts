import type { AttemptCost, Prices } from "../../shared/contract/costs.ts";
import type { CostRecord, LedgerJob } from "./cost-record.ts";
import { type MeteredAttempt, type MonthShare, reckonAttempt } from "./reckon-attempt.ts";

/** An attempt's share of a month, entered or still growing: what totals are made of. */
export interface LedgerLine extends MonthShare {
  jobId: string;
  dataset: string;
  project: string | null;
  attempt: number;
  currency: string;
  gapGpuSeconds: number;
  startedAt: string;
  /** Null while it goes on. */
  endedAt: string | null;
}

/** Brings the records of an attempt's month together in one line. */
export function linesOfRecords(records: readonly CostRecord[]): LedgerLine[] {
  const lines = new Map<string, LedgerLine>();
  for (const record of records) {
    const { details, billingPeriod: period } = record;
    const key = `${details.job_id} ${details.attempt} ${period}`;
    const line = lines.get(key) ?? emptyLine(record);
    lines.set(
      key,
      record.type === "energy"
        ? {
            ...line,
            kwh: record.details.kwh,
            measuredGpuSeconds: record.details.measured_gpu_seconds,
            gapGpuSeconds: record.details.gap_gpu_seconds,
            energyCost: record.details.is_priced ? record.amount : null,
          }
        : {
            ...line,
            seconds: record.details.seconds,
            gpuSeconds: record.details.gpu_seconds,
            hardwareCost: record.details.price_per_hour === null ? null : record.amount,
            cloudCost: record.details.cloud_cost,
          },
    );
  }
  return [...lines.values()];
}

export function linesOfOpenAttempt(
  job: LedgerJob,
  metered: MeteredAttempt,
  until: number,
  prices: Prices,
): LedgerLine[] {
  return reckonAttempt(metered, until, prices).map((share) => ({
    ...share,
    jobId: job.id,
    dataset: job.dataset,
    project: job.project,
    attempt: metered.attempt,
    currency: prices.currency,
    gapGpuSeconds: Math.max(0, share.gpuSeconds - share.measuredGpuSeconds),
    startedAt: new Date(metered.startedAt * 1000).toISOString(),
    endedAt: null,
  }));
}

/**
 * The lines of one job, an entry for each attempt. Amounts are those entered in `currency`: what
 * another was worth then is not known.
 */
export function attemptCosts(lines: readonly LedgerLine[], currency: string): AttemptCost[] {
  const costs = new Map<number, AttemptCost>();
  for (const line of lines) {
    const sofar = costs.get(line.attempt);
    const isKnown = line.currency === currency;
    costs.set(line.attempt, {
      attempt: line.attempt,
      startedAt: line.startedAt,
      endedAt: line.endedAt,
      seconds: (sofar?.seconds ?? 0) + line.seconds,
      gpuSeconds: (sofar?.gpuSeconds ?? 0) + line.gpuSeconds,
      measuredGpuSeconds: (sofar?.measuredGpuSeconds ?? 0) + line.measuredGpuSeconds,
      gapGpuSeconds: (sofar?.gapGpuSeconds ?? 0) + line.gapGpuSeconds,
      energyKwh: plus(sofar?.energyKwh, line.kwh),
      energyCost: plus(sofar?.energyCost, isKnown ? line.energyCost : null),
      hardwareCost: plus(sofar?.hardwareCost, isKnown ? line.hardwareCost : null),
      cloudCost: plus(sofar?.cloudCost, isKnown ? line.cloudCost : null),
    });
  }
  return [...costs.values()].toSorted((a, b) => a.attempt - b.attempt);
}

/** What is not known adds nothing; a sum of nothing is not known either. */
function plus(sum: number | null | undefined, value: number | null): number | null {
  if (value === null) return sum ?? null;
  return (sum ?? 0) + value;
}

function emptyLine({ details, billingPeriod: period }: CostRecord): LedgerLine {
  return {
    period,
    jobId: details.job_id,
    dataset: details.dataset,
    project: details.project,
    attempt: details.attempt,
    currency: details.currency,
    startedAt: details.started_at,
    endedAt: details.ended_at,
    seconds: 0,
    gpuSeconds: 0,
    measuredGpuSeconds: 0,
    gapGpuSeconds: 0,
    kwh: null,
    energyCost: null,
    hardwareCost: null,
    cloudCost: null,
  };
}
