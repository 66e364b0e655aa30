import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { emptyAccountsSlice } from "../accounts/accounts-slice.ts";
import type { AccountsSlice } from "../accounts/accounts-slice.ts";
import { emptyDatasetsSlice } from "../datasets/datasets-slice.ts";
import type { DatasetsSlice } from "../datasets/datasets-slice.ts";
import { emptyElsewhereSlice } from "../elsewhere/elsewhere-slice.ts";
import type { ElsewhereSlice } from "../elsewhere/elsewhere-slice.ts";
import { emptyGpusSlice } from "../gpus/gpus-slice.ts";
import type { GpusSlice } from "../gpus/gpus-slice.ts";
import { emptyJobsSlice } from "../jobs/jobs-slice.ts";
import type { JobsSlice } from "../jobs/jobs-slice.ts";
import { emptyModelsSlice } from "../models/models-slice.ts";
import type { ModelsSlice } from "../models/models-slice.ts";
import { emptyNoticesSlice } from "../notices/notices-slice.ts";
import type { NoticesSlice } from "../notices/notices-slice.ts";
import { emptyQueueSlice } from "../queue/queue-slice.ts";
import type { QueueSlice } from "../queue/queue-slice.ts";
import { emptySettingsSlice } from "../settings/settings-slice.ts";
import type { SettingsSlice } from "../settings/settings-slice.ts";
import { emptySyncSlice } from "../sync/sync-slice.ts";
import type { SyncSlice } from "../sync/sync-slice.ts";
import { emptyTransfersSlice } from "../transfers/transfers-slice.ts";
import type { TransfersSlice } from "../transfers/transfers-slice.ts";

/** Projections of what the core holds, kept fresh by `followCore`, and a little window state. */
export type DeskState = DatasetsSlice &
  JobsSlice &
  QueueSlice &
  ModelsSlice &
  GpusSlice &
  NoticesSlice &
  SettingsSlice &
  AccountsSlice &
  SyncSlice &
  TransfersSlice &
  ElsewhereSlice;
export type DeskStore = StoreApi<DeskState>;

export function createDeskStore(): DeskStore {
  return createStore<DeskState>()(() => ({
    ...emptyModelsSlice,
    ...emptyGpusSlice,
    ...emptySettingsSlice,
    ...emptyAccountsSlice,
    ...emptyFile,
  }));
}

const emptyFile = {
  ...emptyDatasetsSlice,
  ...emptyJobsSlice,
  ...emptyQueueSlice,
  ...emptyNoticesSlice,
  ...emptySyncSlice,
  ...emptyTransfersSlice,
  ...emptyElsewhereSlice,
};

/** Nothing of one account's file is shown in another's. Revisions and uploads go on. */
export function forgetFile(state: DeskState): Partial<DeskState> {
  const { transfers, syncRevision, elsewhereRevision } = state;
  return {
    ...emptyFile,
    transfers,
    syncRevision: syncRevision + 1,
    elsewhereRevision: elsewhereRevision + 1,
  };
}
