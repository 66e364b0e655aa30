import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { SyncCounts } from "../../shared/contract/sync.ts";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import type { Store } from "../store/open-store.ts";
import { createSyncRequests, type SyncMethod } from "./sync-requests.ts";
import { countRows } from "./sync-counts.ts";

const keptOf = ({ keptLocal, ofColleagues }: SyncCounts) => ({ keptLocal, ofColleagues });

/** What the sync requests answer where no account is open: rows can be kept local in advance. */
export function createSyncOff(store: Store, now: () => Date): Handlers<SyncMethod> {
  const signIn = () => {
    throw new AppError(
      "conflict",
      "Nothing is synced without an account. Sign in to your team's project first.",
    );
  };
  return createSyncRequests({
    store,
    // Nothing is in the outbox, so nothing of it is decided about.
    workstation: "",
    now,
    status: () => ({
      state: "off",
      // Nothing here is on its way anywhere, so nothing is said to be.
      counts: { synced: 0, ...NOTHING_OWED, ...keptOf(countRows(store)) },
      lastError: null,
      nextTryAt: null,
      lastSyncedAt: null,
    }),
    syncNow: signIn,
    setPaused: signIn,
    onEdited: () => undefined,
    onChanged: () => undefined,
    onElsewhere: () => undefined,
  });
}
