import type { SyncCounts, SyncStatus, SyncTable } from "../../shared/contract/sync.ts";
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
export function syncSign({ state, counts }: SyncStatus): SyncSign {
  if (state === "off" || state === "signed_out") return state;
  if (counts.attention > 0) return "bad";
  if (state === "syncing") return "moving";
  if (state === "waiting" || state === "paused") return state;
  return counts.waiting > 0 ? "moving" : "good";
}

/** The same for the sentence about the state, which speaks of what is refused only at rest. */
export function stateSign(status: SyncStatus): SyncSign {
  if (status.state === "idle") return syncSign(status);
  return syncSign({ ...status, counts: { ...status.counts, attention: 0 } });
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
  const { waiting, attention } = status.counts;
  const sign = syncSign(status);
  switch (sign) {
    case "off":
      return "Not synced";
    case "good":
      return "Synced";
    case "moving":
      return waiting === 0 ? "Syncing" : `Syncing ${formatCount(waiting)}`;
    case "waiting":
      return waiting === 0 ? "Project away" : `${formatCount(waiting)} waiting`;
    case "paused":
      return "Sync paused";
    case "signed_out":
      return "Sign in again";
    case "bad":
      return attention === 1 ? "1 needs attention" : `${formatCount(attention)} need attention`;
  }
}

/** The state of things as a sentence, without the error that may be behind it. */
export function syncWords(status: SyncStatus, nowMs: number): string {
  const { state, counts, nextTryAt } = status;
  switch (state) {
    case "off":
      return "Everything stays on this computer";
    case "idle":
      if (counts.attention > 0) return "Synced, but for what needs attention";
      return counts.waiting > 0 ? "About to sync" : "Everything is synced";
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

export function totalRows({ synced, waiting, attention, keptLocal }: SyncCounts): number {
  return synced + waiting + attention + keptLocal;
}

/** The proportions of a bar for assistive technology: "1,190 of 1,204 rows synced, 12 waiting". */
export function countsWords(counts: SyncCounts): string {
  const { synced, waiting, attention, keptLocal } = counts;
  const parts = [`${formatCount(synced)} of ${formatCountOf(totalRows(counts), "row")} synced`];
  if (waiting > 0) parts.push(`${formatCount(waiting)} waiting`);
  if (attention > 0) parts.push(`${formatCount(attention)} needing attention`);
  if (keptLocal > 0) parts.push(`${formatCount(keptLocal)} kept local`);
  return parts.join(", ");
}
