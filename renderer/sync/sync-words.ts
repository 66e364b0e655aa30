import type { SyncCounts, SyncStatus, SyncTable } from "../../shared/contract/sync.ts";
import { notInProjectWords } from "../../shared/not-in-project-words.ts";
import type { Tone } from "../controls/status-label.tsx";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import { formatAgo, formatDuration } from "../format/time.ts";

/** How the tables are called in front of people: one row of them. */
export const TABLE_WORDS: Readonly<Record<SyncTable, string>> = {
  datasets: "Dataset",
  training_jobs: "Job",
  model_artifacts: "Adapter",
  cost_records: "Cost record",
  notifications: "Notification",
};

export type SyncSign = "off" | "good" | "moving" | "waiting" | "paused" | "signed_out" | "bad";

/** The one thing worth saying, the most urgent first. */
export function syncSign({ state, counts, lastError }: SyncStatus): SyncSign {
  if (state === "off" || state === "signed_out") return state;
  if (counts.attention + counts.failedFiles > 0) return "bad";
  if (state === "syncing") return "moving";
  if (state === "waiting" || state === "paused") return state;
  // A round went through, and yet something was refused.
  if (lastError !== null) return "bad";
  return notInProjectWords(counts) === null ? "good" : "moving";
}

/** The same for the sentence about the state, which speaks of what is refused only at rest. */
export function stateSign(status: SyncStatus): SyncSign {
  if (status.state === "idle") return syncSign(status);
  return syncSign({ ...status, counts: { ...status.counts, attention: 0, failedFiles: 0 } });
}

export const SIGN_TONES: Readonly<Record<SyncSign, Tone>> = {
  off: "neutral",
  good: "good",
  moving: "running",
  waiting: "warning",
  paused: "neutral",
  signed_out: "warning",
  bad: "bad",
};

/** A few words for where there is no room for more. */
export function shortSyncWords(status: SyncStatus): string {
  const { waiting, waitingPoints, waitingFiles, attention, failedFiles } = status.counts;
  const urgent = attention + failedFiles;
  const sign = syncSign(status);
  switch (sign) {
    case "off":
      return "Not synced";
    case "good":
      return "Synced";
    case "moving":
      if (waiting > 0) return `Syncing ${formatCount(waiting)}`;
      // Perhaps paused: the state of syncing does not speak of files.
      if (status.state === "idle" && waitingPoints === 0) {
        return `${formatCountOf(waitingFiles, "file")} to store`;
      }
      return "Syncing";
    case "waiting":
      return waiting === 0 ? "Project away" : `${formatCount(waiting)} waiting`;
    case "paused":
      return "Sync paused";
    case "signed_out":
      return "Sign in again";
    case "bad":
      if (urgent === 0) return "Needs attention";
      return urgent === 1 ? "1 needs attention" : `${formatCount(urgent)} need attention`;
  }
}

/** The state of things as a sentence, without the error that may be behind it. */
export function syncWords(status: SyncStatus, nowMs: number): string {
  const { state, counts, nextTryAt } = status;
  switch (state) {
    case "off":
      return "Everything stays on this computer";
    case "idle":
      if (syncSign(status) === "bad") return "Synced, but for what needs attention";
      if (counts.waiting + counts.waitingPoints > 0) return "About to sync";
      return counts.waitingFiles > 0
        ? `Synced, but for ${formatCountOf(counts.waitingFiles, "file")}`
        : "Everything is synced";
    case "syncing":
      return "Syncing";
    case "waiting":
      return `Waiting for the project${nextTryWords(nextTryAt, nowMs)}`;
    case "paused":
      return "Paused: nothing is sent or fetched";
    case "signed_out":
      return "The session has ended: sign in again to go on";
  }
}

function nextTryWords(nextTryAt: string | null, nowMs: number): string {
  if (nextTryAt === null) return "";
  const seconds = Math.round((Date.parse(nextTryAt) - nowMs) / 1000);
  return seconds <= 0 ? ", trying again now" : `, trying again in ${formatDuration(seconds)}`;
}

/** "last synced 4 min ago"; null before the first time. */
export function lastSyncedWords({ lastSyncedAt }: SyncStatus, nowMs: number): string | null {
  return lastSyncedAt === null ? null : `last synced ${formatAgo(lastSyncedAt, nowMs)}`;
}

export function totalRows(counts: SyncCounts): number {
  const { synced, waiting, attention, keptLocal, ofColleagues } = counts;
  return synced + waiting + attention + keptLocal + ofColleagues;
}

/** The proportions of a bar for assistive technology: "1,190 of 1,204 rows synced, 12 waiting". */
export function countsWords(counts: SyncCounts): string {
  const { synced, waiting, attention, keptLocal, ofColleagues } = counts;
  const parts = [`${formatCount(synced)} of ${formatCountOf(totalRows(counts), "row")} synced`];
  if (waiting > 0) parts.push(`${formatCount(waiting)} waiting`);
  if (attention > 0) parts.push(`${formatCount(attention)} needing attention`);
  if (keptLocal > 0) parts.push(`${formatCount(keptLocal)} kept local`);
  if (ofColleagues > 0) parts.push(`${formatCount(ofColleagues)} of colleagues`);
  return parts.join(", ");
}
