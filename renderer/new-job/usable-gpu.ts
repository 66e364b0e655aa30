import type { Gpu } from "../../shared/contract/gpus.ts";

/** A GPU that a run can be given: one that the driver has a name for and has not lost. */
export type UsableGpu = Gpu & { readonly uuid: string };

export function isUsable(gpu: Gpu): gpu is UsableGpu {
  return gpu.uuid !== null && gpu.isLost !== true;
}
