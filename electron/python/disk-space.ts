import { mkdir, statfs } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import { hasPackageSource } from "./find-installer.ts";

const GB = 1e9;
/** torch with its CUDA libraries unpacked, and the wheels while they are unpacked. */
const CUDA_BYTES = 6 * GB;
const CPU_BYTES = 2 * GB;

export interface SpaceNeed {
  bytes: number;
  bringsCuda: boolean;
}

export interface BuildTarget {
  platform: NodeJS.Platform;
  arch: string;
  env: NodeJS.ProcessEnv;
  hasGpu: boolean;
}

/**
 * PyPI's torch for Linux on x64 is the one with CUDA, whether or not there is a GPU. What another
 * source has is not known: without a GPU most likely a torch for the CPU.
 */
export function spaceNeed({ platform, arch, env, hasGpu }: BuildTarget): SpaceNeed {
  const bringsCuda = platform === "linux" && (hasGpu || (arch === "x64" && !hasPackageSource(env)));
  return { bytes: bringsCuda ? CUDA_BYTES : CPU_BYTES, bringsCuda };
}

/** @throws AppError `unavailable` when the disk that holds `folder` has less free than that. */
export async function checkDiskSpace(folder: string, need: SpaceNeed): Promise<void> {
  await mkdir(folder, { recursive: true });
  let free: number;
  try {
    const { bavail, bsize } = await statfs(folder);
    free = bavail * bsize;
  } catch {
    // Some network disks cannot say; the installation will.
    return;
  }
  if (free >= need.bytes) return;
  const why = need.bringsCuda ? " (torch for Linux comes with its CUDA libraries)" : "";
  throw new AppError(
    "unavailable",
    `The training environment needs about ${gigabytes(need.bytes)} of disk space in ${folder}${why}, but only ${gigabytes(free)} are free. Free some space, or set LORA_DESK_HOME to a folder on another disk, and build again.`,
    { details: { neededBytes: need.bytes, freeBytes: free } },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
