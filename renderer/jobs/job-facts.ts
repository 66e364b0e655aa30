import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { secondsBetween } from "../format/time.ts";
import { isActive, isEnded } from "./jobs-slice.ts";

/** How far a job has come, 0 to 1; null as long as nobody can tell. */
export function progressShare({ status, progress }: Job): number | null {
  if (status === "completed") return 1;
  return progress.totalSteps === 0 ? null : progress.step / progress.totalSteps;
}

/** From the start of its newest attempt until the end of that or now; null before the first. */
export function secondsSinceStart(job: Job, nowMs: number): number | null {
  if (isActive(job)) return secondsBetween(job.startedAt, new Date(nowMs).toISOString());
  if (isEnded(job) && job.startedAt !== null) return secondsBetween(job.startedAt, job.endedAt);
  return null;
}

/** What is on a device first, then what waits for one, then the rest; each newest first. */
export function inOrderOfInterest(jobs: readonly Job[]): readonly Job[] {
  return jobs.toSorted(
    (a, b) => interest(a) - interest(b) || b.createdAt.localeCompare(a.createdAt),
  );
}

function interest(job: Job): number {
  if (isActive(job)) return 0;
  return job.status === "queued" ? 1 : 2;
}

/** "1 running, 2 queued, 14 in all". */
export function jobCounts(jobs: readonly Job[]): string {
  const running = jobs.filter(isActive).length;
  const queued = jobs.filter(({ status }) => status === "queued").length;
  const parts = [
    running > 0 ? `${running} running` : "",
    queued > 0 ? `${queued} queued` : "",
    `${jobs.length} in all`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

export function artifactOf(artifacts: readonly Artifact[], jobId: string): Artifact | undefined {
  return artifacts.find((artifact) => artifact.jobId === jobId);
}

/** The newest validation of a run, and the best one where that is another. */
export function validationResult(points: readonly MetricsPoint[]): {
  readonly latest: MetricsPoint | undefined;
  readonly best: MetricsPoint | undefined;
} {
  const validated = points.filter(({ validationLoss }) => validationLoss !== null);
  const lossOf = (point: MetricsPoint): number => point.validationLoss ?? Number.POSITIVE_INFINITY;
  let best = validated[0];
  for (const point of validated) {
    if (best === undefined || lossOf(point) < lossOf(best)) best = point;
  }
  return { latest: validated.at(-1), best };
}
