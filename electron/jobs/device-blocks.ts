import type { GpuProcess } from "../../shared/contract/gpus.ts";
import type { GpuNames } from "./gpu-names.ts";
import type { DeviceBlock } from "./gpu-queue.ts";
import { readLeaseNote } from "./lease-note.ts";
import type { BootId } from "./process-identity.ts";

/** Less is what a desktop or a monitor takes. */
const FOREIGN_MEMORY_MB = 500;

export interface DeviceBlocksOptions {
  leasesPath: string;
  bootId: BootId;
  /** Who computes on a GPU; null when the driver does not tell. */
  processesOn: (uuid: string) => Promise<readonly GpuProcess[] | null>;
  gpuNames: GpuNames;
}

/** Programs on these GPUs that this queue does not know: another LoRA Desk's, or anyone's. */
export async function findDeviceBlocks(
  uuids: readonly string[],
  options: DeviceBlocksOptions,
): Promise<DeviceBlock[]> {
  await options.gpuNames.learn(uuids);
  return (await Promise.all(uuids.map((uuid) => blocksOn(uuid, options)))).flat();
}

async function blocksOn(
  uuid: string,
  { leasesPath, bootId, processesOn, gpuNames }: DeviceBlocksOptions,
): Promise<DeviceBlock[]> {
  const note = await readLeaseNote(leasesPath, uuid, bootId);
  if (note !== null) {
    const reason = `“${note.job}” of ${note.user} (data folder ${note.home}) is running on ${gpuNames.labelOf(uuid)}.`;
    return [{ lease: uuid, reason, isShareable: note.is_shared, runPath: note.run }];
  }
  const foreign = ((await processesOn(uuid)) ?? []).filter(({ jobId }) => jobId === null);
  const usedMb = foreign.reduce((sum, { memoryMb }) => sum + (memoryMb ?? 0), 0);
  if (usedMb <= FOREIGN_MEMORY_MB) return [];
  const most = foreign.reduce((a, b) => ((b.memoryMb ?? 0) > (a.memoryMb ?? 0) ? b : a));
  const others = foreign.length > 1 ? ` and ${foreign.length - 1} more` : "";
  const reason = `Another program uses ${(usedMb / 1024).toFixed(1)} GiB of ${gpuNames.labelOf(uuid)}: ${most.name} (process ${most.pid})${others}.`;
  return [{ lease: uuid, reason, isShareable: true, runPath: null }];
}
