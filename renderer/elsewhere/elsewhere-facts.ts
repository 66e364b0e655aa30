import type { JobStatus } from "../../shared/contract/jobs.ts";
import { formatCount, formatShare } from "../format/numbers.ts";
import { secondsBetween } from "../format/time.ts";
import type { Elsewhere, ElsewhereArtifact, ElsewhereJob } from "./elsewhere-slice.ts";

const ACTIVE: readonly JobStatus[] = ["preparing", "running", "stopping"];
const STOPPABLE: readonly JobStatus[] = ["queued", "preparing", "running"];
const RESUMABLE: readonly JobStatus[] = ["stopped", "failed", "interrupted"];

export function isActiveElsewhere({ status }: ElsewhereJob): boolean {
  return ACTIVE.includes(status);
}

/** What one can ask of the job's workstation now; null where there is nothing to ask for. */
export function askable({ status, desired_state }: ElsewhereJob): "running" | "stopped" | null {
  if (STOPPABLE.includes(status) && desired_state !== "stopped") return "stopped";
  if (RESUMABLE.includes(status) && desired_state !== "running") return "running";
  return null;
}

/** What was asked and is not done yet; null where nothing is. */
export function askedWords(job: ElsewhereJob): string | null {
  const { status, desired_state, workstation } = job;
  if (desired_state === "stopped" && (STOPPABLE.includes(status) || status === "stopping")) {
    return `A stop was asked for: ${workstation} does it when it next syncs.`;
  }
  if (desired_state === "running" && RESUMABLE.includes(status)) {
    return `It was asked to go on: ${workstation} does it when it next syncs.`;
  }
  return null;
}

/** How far it has come, 0 to 1; null before anybody can tell. */
export function shareElsewhere(job: ElsewhereJob): number | null {
  if (job.status === "completed") return 1;
  return job.total_steps === 0 ? null : job.progress;
}

/** "step 640 of 1,332 (48 %)". */
export function stepWordsElsewhere(job: ElsewhereJob): string | null {
  const { current_step, total_steps } = job;
  if (total_steps === 0) return null;
  return `step ${formatCount(current_step)} of ${formatCount(total_steps)} (${formatShare(current_step / total_steps)})`;
}

/** From its start until its end or now; null before it has started. */
export function secondsElsewhere(job: ElsewhereJob, nowMs: number): number | null {
  const { started_at, completed_at } = job;
  if (started_at === null) return null;
  if (completed_at !== null) return secondsBetween(started_at, completed_at);
  return isActiveElsewhere(job) ? secondsBetween(started_at, new Date(nowMs).toISOString()) : null;
}

/** Whose a row is: "you", or a colleague's address. */
export function ownerWords(
  elsewhere: Elsewhere,
  row: { readonly user_id: string },
  ownId: string | undefined,
): string {
  if (row.user_id === ownId) return "you";
  return elsewhere.members.find(({ userId }) => userId === row.user_id)?.email ?? "a colleague";
}

/** What is on a device first, then the rest; each newest first. */
export function inOrderOfInterest(jobs: readonly ElsewhereJob[]): readonly ElsewhereJob[] {
  const interest = (job: ElsewhereJob): number => (isActiveElsewhere(job) ? 0 : 1);
  return jobs.toSorted(
    (a, b) => interest(a) - interest(b) || Date.parse(b.created_at) - Date.parse(a.created_at),
  );
}

/** The adapters of a job that can be looked at, the newest first. */
export function artifactsOf({ artifacts }: Elsewhere, jobId: string): readonly ElsewhereArtifact[] {
  return artifacts
    .filter((artifact) => artifact.job_id === jobId && artifact.deleted_at === null)
    .toSorted((a, b) => b.version - a.version);
}
