import type { Result } from "../../shared/contract/contract.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type SyncSlice = {
  readonly syncStatus: Loadable<SyncStatus>;
  /** Grows when the lists behind the counters may have changed. */
  readonly syncRevision: number;
  readonly keptLocal: Loadable<Result<"sync.keptLocal">>;
};

export const emptySyncSlice: SyncSlice = {
  syncStatus: LOADING,
  syncRevision: 0,
  keptLocal: LOADING,
};

export function receiveSyncStatus(
  slice: SyncSlice,
  status: SyncStatus,
): Pick<SyncSlice, "syncStatus" | "syncRevision"> {
  const known = slice.syncStatus.state === "ready" ? slice.syncStatus.value : null;
  const isSame =
    known !== null &&
    known.counts.attention === status.counts.attention &&
    known.counts.keptLocal === status.counts.keptLocal &&
    known.counts.ofColleagues === status.counts.ofColleagues &&
    known.lastSyncedAt === status.lastSyncedAt;
  return { syncStatus: ready(status), syncRevision: slice.syncRevision + (isSame ? 0 : 1) };
}
