import { mkdir, statfs } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";

const GB = 1e9;
/** torch with its CUDA libraries unpacked, and the wheels while they are unpacked. */
const CUDA_BYTES = 6 * GB;
const CPU_BYTES = 2 * GB;

export function neededBytes(platform: NodeJS.Platform, hasGpu: boolean): number {
  return platform === "linux" && hasGpu ? CUDA_BYTES : CPU_BYTES;
}

/** @throws AppError `unavailable` when the disk that holds `folder` has less free than that. */
export async function checkDiskSpace(folder: string, needed: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  let free: number;
  try {
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
  } catch {
    // Some network disks cannot say; the installation will.
    return;
  }
  if (free >= needed) return;
  throw new AppError(
    "unavailable",
    `The training environment needs about ${gigabytes(needed)} of disk space in ${folder}, but only ${gigabytes(free)} are free. Free some space, or set LORA_DESK_HOME to a folder on another disk, and build again.`,
    { details: { neededBytes: needed, freeBytes: free } },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
