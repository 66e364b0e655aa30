import type { Gpu, GpuFault } from "../../shared/contract/gpus.ts";

/** Older ones are in the system's log for who looks for them. */
const SHOWN_FOR_MS = 24 * 60 * 60 * 1000;

/** Newest first, each once. */
export function withFault(faults: readonly GpuFault[], fault: GpuFault): readonly GpuFault[] {
  return [fault, ...faults.filter(({ id }) => id !== fault.id)];
}

/** The last day's faults of this GPU, newest first. */
export function faultsOf(gpu: Gpu, faults: readonly GpuFault[], nowMs: number): GpuFault[] {
  return faults.filter(
    (fault) =>
      isRecent(fault, nowMs) &&
      (fault.uuid === null ? fault.pci === gpu.pciAddress : fault.uuid === gpu.uuid),
  );
}

/** The last day's faults of GPUs that are no longer there. */
export function faultsElsewhere(
  gpus: readonly Gpu[],
  faults: readonly GpuFault[],
  nowMs: number,
): GpuFault[] {
  return faults.filter(
    (fault) =>
      isRecent(fault, nowMs) && gpus.every((gpu) => faultsOf(gpu, [fault], nowMs).length === 0),
  );
}

function isRecent({ at }: GpuFault, nowMs: number): boolean {
  return nowMs - Date.parse(at) < SHOWN_FOR_MS;
}
