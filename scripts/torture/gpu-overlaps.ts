/** A process seen on GPUs, and the attempt that it belongs to. */
export interface GpuHolder {
  pid: number;
  startTime: string;
  /** The same for all processes of an attempt, and for no other. */
  nonce: string;
  uuids: readonly string[];
}

export interface Overlap {
  uuid: string;
  pids: [number, number];
}

/**
 * Attempts that were on one GPU at the same instant. A look at the processes takes time, and one may
 * leave while another comes: so the earlier one must be found alive once more after the later one
 * was seen.
 *
 * @param holders in the order in which they were seen.
 */
export function findOverlaps(
  holders: readonly GpuHolder[],
  isStillAlive: (holder: GpuHolder) => boolean,
): Overlap[] {
  return holders.flatMap((later, at) =>
    holders.slice(0, at).flatMap((earlier) => {
      const uuid = earlier.uuids.find((one) => later.uuids.includes(one));
      if (uuid === undefined || earlier.nonce === later.nonce || !isStillAlive(earlier)) return [];
      return [{ uuid, pids: [earlier.pid, later.pid] as [number, number] }];
    }),
  );
}
