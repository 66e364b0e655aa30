const RESERVE_BYTES = 1_000_000_000;

/** A run needs room for two checkpoints (one is written before the old one goes) and a reserve. */
export function neededBytes(checkpointBytes: number): number {
  return 2 * checkpointBytes + RESERVE_BYTES;
}

/** More than it needs by a reserve, or it would be paused again at once. */
export function bytesToGoOn(needed: number): number {
  return needed + RESERVE_BYTES;
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
