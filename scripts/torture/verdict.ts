import { join } from "node:path";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { JobOf, JobTransition } from "../../shared/contract/jobs.ts";
import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import { openStore } from "../../electron/store/open-store.ts";
import { compareWithFile, differingSteps, type PointFaults } from "./compare-points.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";

export interface Verdict {
  runs: number;
  attempts: number;
  pointsLost: number;
  pointsDoubled: number;
  /** Stored points that say something else than events.jsonl. */
  pointsDiffering: number;
  /** Steps with another loss than in the undisturbed run. */
  lossesDiffering: number;
  adaptersDifferent: number;
  /** Jobs with not exactly one adapter in the list. */
  adaptersMiscounted: number;
  /** Jobs whose changes of status do not follow on each other. */
  historiesBroken: number;
  /** Runs in whose events two trainers wrote at once. */
  eventsOutOfOrder: number;
}

/** Few enough that a window cannot show every point: then what the levels count is seen. */
const FEW_PIXELS = 7;
const MANY_PIXELS = 10_000;

export function emptyVerdict(): Verdict {
  return {
    runs: 0,
    attempts: 0,
    pointsLost: 0,
    pointsDoubled: 0,
    pointsDiffering: 0,
    lossesDiffering: 0,
    adaptersDifferent: 0,
    adaptersMiscounted: 0,
    historiesBroken: 0,
    eventsOutOfOrder: 0,
  };
}

/** Looks at completed jobs as a window does, while their core runs. */
export async function judgeByQueries(
  verdict: Verdict,
  client: CoreClient,
  jobs: readonly JobOf<"completed">[],
  undisturbed: RunRecord,
): Promise<void> {
  const artifacts = await client.request("artifacts.list", {});
  for (const { id, runPath } of jobs) {
    const record = readRunRecord(runPath);
    verdict.runs += 1;
    verdict.attempts += record.attempts;
    verdict.lossesDiffering += differingSteps(record, undisturbed);
    if (!haveSameFiles(record.adapter, undisturbed.adapter)) verdict.adaptersDifferent += 1;
    if (!record.isInOrder) verdict.eventsOutOfOrder += 1;
    if (artifacts.filter(({ jobId }) => jobId === id).length !== 1) verdict.adaptersMiscounted += 1;
    if (!isChain(await client.request("jobs.history", { id }))) verdict.historiesBroken += 1;

    const whole = await client.request("jobs.metrics", { id, pixels: MANY_PIXELS });
    addFaults(verdict, compareWithFile(whole.points, record));
    const reduced = await client.request("jobs.metrics", { id, pixels: FEW_PIXELS });
    verdict.pointsLost += Math.max(0, record.steps.size - reduced.totalPoints);
    verdict.pointsDoubled += Math.max(0, reduced.totalPoints - record.steps.size);
  }
}

/** Looks at what is on the disk, after the core has ended. */
export function judgeByStore(
  verdict: Verdict,
  homePath: string,
  jobs: readonly JobOf<"completed">[],
): void {
  const store = openStore({ path: join(homePath, "lora-desk.db"), log: () => undefined });
  try {
    const metrics = new MetricsStore(store);
    for (const { id, runPath } of jobs) {
      const points = metrics.list(id, 0, Number.MAX_SAFE_INTEGER);
      addFaults(verdict, compareWithFile(points, readRunRecord(runPath)));
    }
  } finally {
    store.close();
  }
}

function addFaults(verdict: Verdict, { lost, doubled, differing }: PointFaults): void {
  verdict.pointsLost += lost;
  verdict.pointsDoubled += doubled;
  verdict.pointsDiffering += differing;
}

function haveSameFiles(
  own: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): boolean {
  return own.size > 0 && JSON.stringify([...own]) === JSON.stringify([...other]);
}

/** Each change begins where the one before it ended, and the last one is the completion. */
function isChain(history: readonly JobTransition[]): boolean {
  const follows = history.every(({ from }, at) => from === (history[at - 1]?.to ?? null));
  return follows && history.at(-1)?.to === "completed";
}
