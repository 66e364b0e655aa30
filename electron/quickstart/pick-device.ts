import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";

/**
 * The GPU with the most free memory, or the CPU where there is none that torch can use (a CPU build
 * of torch, or a driver too old for it). A GPU split by MIG is not one device, so it is left out.
 */
export function pickDevice(report: GpuReport, { torch }: EnvironmentReport): RunDevice {
  if (torch.devices.length === 0) return { kind: "cpu" };
  let best: { uuid: string; freeMb: number } | null = null;
  for (const gpu of report.gpus) {
    if (gpu.uuid === null || gpu.isMigEnabled) continue;
    const freeMb = (gpu.memoryTotalMb ?? 0) - (gpu.memoryUsedMb ?? 0);
    if (best === null || freeMb > best.freeMb) best = { uuid: gpu.uuid, freeMb };
  }
  return best === null ? { kind: "cpu" } : { kind: "cuda", uuids: [best.uuid] };
}
