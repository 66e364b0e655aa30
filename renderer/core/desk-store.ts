import { createStore } from "zustand/vanilla";
import type { StoreApi } from "zustand/vanilla";
import { emptyDatasetsSlice } from "../datasets/datasets-slice.ts";
import type { DatasetsSlice } from "../datasets/datasets-slice.ts";
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

/** Projections of what the core holds, kept fresh by `followCore`, and a little window state. */
export type DeskState = DatasetsSlice &
  JobsSlice &
  QueueSlice &
  ModelsSlice &
  GpusSlice &
  NoticesSlice &
  SettingsSlice;
export type DeskStore = StoreApi<DeskState>;

export function createDeskStore(): DeskStore {
  return createStore<DeskState>()(() => ({
    ...emptyDatasetsSlice,
    ...emptyJobsSlice,
    ...emptyQueueSlice,
    ...emptyModelsSlice,
    ...emptyGpusSlice,
    ...emptyNoticesSlice,
    ...emptySettingsSlice,
  }));
}
