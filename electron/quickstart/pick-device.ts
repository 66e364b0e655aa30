import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";

/** The GPU with the most free memory, or the CPU where there is none. */
export function pickDevice(report: GpuReport): RunDevice {
  let best: { uuid: string; freeMb: number } | null = null;
  for (const gpu of report.gpus) {
    if (gpu.uuid === null) continue;
    const freeMb = (gpu.memoryTotalMb ?? 0) - (gpu.memoryUsedMb ?? 0);
    if (best === null || freeMb > best.freeMb) best = { uuid: gpu.uuid, freeMb };
  }
  return best === null ? { kind: "cpu" } : { kind: "cuda", uuids: [best.uuid] };
}
