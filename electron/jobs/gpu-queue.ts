import type { RunDevice } from "../../shared/contract/run-folder.ts";

export interface QueuedJob {
  readonly id: string;
  readonly name: string;
  readonly device: RunDevice;
  readonly queuedAt: string;
  readonly hasPriority: boolean;
}

export type LeaseHolder = Pick<QueuedJob, "id" | "name" | "device">;

export interface QueuePlan {
  /** Ids of the jobs to launch now. */
  readonly start: readonly string[];
  /** Why each of the others waits, in words. */
  readonly waiting: ReadonlyMap<string, string>;
}

/**
 * First come, first served, per device: one run per GPU and one run on the CPU. A job that waits
 * keeps its devices from those behind it, so that a run on several GPUs is not passed over for
 * ever; jobs for other devices may start. Interrupted runs come first: they were running already.
 *
 * @param queued in any order.
 */
export function planQueue(queued: readonly QueuedJob[], active: readonly LeaseHolder[]): QueuePlan {
  const holders = new Map<string, { name: string; isRunning: boolean }>();
  for (const job of active) {
    for (const lease of leasesOf(job.device)) {
      holders.set(lease, { name: job.name, isRunning: true });
    }
  }
  const start: string[] = [];
  const waiting = new Map<string, string>();
  for (const job of [...queued].sort(inTurn)) {
    const leases = leasesOf(job.device);
    const taken = leases.find((lease) => holders.has(lease));
    const holder = taken === undefined ? undefined : holders.get(taken);
    if (holder === undefined || taken === undefined) start.push(job.id);
    else waiting.set(job.id, reason(taken, holder));
    for (const lease of leases) {
      if (!holders.has(lease))
        holders.set(lease, { name: job.name, isRunning: taken === undefined });
    }
  }
  return { start, waiting };
}

function leasesOf(device: RunDevice): readonly string[] {
  return device.kind === "cpu" ? ["the CPU"] : device.uuids;
}

function reason(lease: string, holder: { name: string; isRunning: boolean }): string {
  return holder.isRunning
    ? `“${holder.name}” is running on ${lease}.`
    : `“${holder.name}” is before it in the queue for ${lease}.`;
}

function inTurn(a: QueuedJob, b: QueuedJob): number {
  if (a.hasPriority !== b.hasPriority) return a.hasPriority ? -1 : 1;
  if (a.queuedAt !== b.queuedAt) return a.queuedAt < b.queuedAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
