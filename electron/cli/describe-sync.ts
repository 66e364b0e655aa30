import type { SyncStatus } from "../../shared/contract/sync.ts";
import { notInProjectSentence } from "../../shared/not-in-project-words.ts";

const STATES: Record<SyncStatus["state"], string> = {
  off: "No account is open: `lora-desk login` signs in.",
  idle: "Nothing is under way.",
  syncing: "Syncing.",
  waiting: "The project cannot be reached, or is busy.",
  paused: "Paused: `lora-desk sync resume` goes on.",
  signed_out: "Signed out: `lora-desk login` signs in again; what waits stays here.",
};

/** How syncing stands, for a terminal. */
export function describeSync({
  state,
  counts,
  lastError,
  nextTryAt,
  lastSyncedAt,
}: SyncStatus): string {
  const { synced, waiting, attention, keptLocal, ofColleagues } = counts;
  const total = synced + waiting + attention + keptLocal + ofColleagues;
  const missing = notInProjectSentence(counts);
  // A round may have gone through and have something to tell all the same.
  const isAllThere = state === "idle" && missing === null && lastError === null;
  return [
    isAllThere ? "Up to date." : STATES[state],
    `${total} rows: ${synced} synced, ${waiting} waiting, ${attention} need attention, ${keptLocal} kept local${ofColleagues > 0 ? `, ${ofColleagues} of colleagues` : ""}`,
    ...(missing === null || state === "off" ? [] : [missing]),
    ...(attention > 0 ? ["`lora-desk sync quarantine` lists what needs attention"] : []),
    ...(lastSyncedAt === null ? [] : [`Last synced ${lastSyncedAt}`]),
    ...(lastError === null ? [] : [`Last error: ${lastError.message}`]),
    ...(nextTryAt === null ? [] : [`Next try ${nextTryAt}`]),
  ].join("\n");
}
