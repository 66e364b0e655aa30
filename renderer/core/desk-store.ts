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
import { emptySettingsSlice } from "../settings/settings-slice.ts";
import type { SettingsSlice } from "../settings/settings-slice.ts";

/** Projections of what the core holds, kept fresh by `followCore`, and a little window state. */
export type DeskState = DatasetsSlice & JobsSlice & ModelsSlice & GpusSlice & SettingsSlice;
export type DeskStore = StoreApi<DeskState>;

export function createDeskStore(): DeskStore {
  return createStore<DeskState>()(() => ({
    ...emptyDatasetsSlice,
    ...emptyJobsSlice,
    ...emptyModelsSlice,
    ...emptyGpusSlice,
    ...emptySettingsSlice,
  }));
}
