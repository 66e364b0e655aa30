import type { GpuReport } from "../../shared/contract/gpus.ts";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type GpusSlice = { readonly gpuReport: Loadable<GpuReport> };

export const emptyGpusSlice: GpusSlice = { gpuReport: LOADING };
