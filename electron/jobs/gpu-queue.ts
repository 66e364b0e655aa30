import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { JobStatus } from "../../shared/contract/jobs.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { inTurn, type QueuePlace } from "./queue-order.ts";

export interface LeaseHolder {
  readonly id: string;
  readonly name: string;
  readonly device: RunDevice;
  readonly mayShareGpu: boolean;
  /** It has ended, but its last processes have not left yet. */
  readonly isLeaving?: boolean;
}

export interface QueuedJob extends QueuePlace, LeaseHolder {
  readonly priority: JobAccounting["priority"];
  readonly runPath: string;
  /** ISO 8601; null: at once. */
  readonly notBefore: string | null;
  /** Why not before then, in words. */
  readonly delayCause: string | null;
  /** Why it is held back by what this queue does not know, in words. */
  readonly heldBack?: string | null;
  /** The job that must be completed first; null when there is none to wait for. */
  readonly after: Predecessor | null;
}

/** `gone`: it was deleted. */
export interface Predecessor {
  readonly name: string;
  readonly status: JobStatus | "gone";
}

/** Something outside this queue that is in the way. */
export interface DeviceBlock {
  readonly lease: string;
  readonly reason: string;
  /** A job that may share the GPU does not mind. */
  readonly isShareable: boolean;
  /** The run whose process it is: in nobody else's way but in that of others. */
  readonly runPath: string | null;
}

export interface QueueSurroundings {
  readonly now: Date;
  readonly active: readonly LeaseHolder[];
  readonly blocks: readonly DeviceBlock[];
  /** Why nothing at all may start, in words. */
  readonly halt: string | null;
  /** What people call a device. */
  readonly labelOf: (lease: string) => string;
}

export interface QueuePlan {
  /** Ids of the jobs to launch now. */
  readonly start: readonly string[];
  /** Why each of the others waits, in words. */
  readonly waiting: ReadonlyMap<string, string>;
}

/**
 * Who starts now. In turn, per device: one run per GPU, unless both allow sharing, and one run on
 * the CPU. A job that waits for another run keeps its devices from those behind it, so that a run
 * on several GPUs is not passed over for ever. One that waits for something else (a time, another
 * job, a program that is not ours) keeps nothing: nobody knows how long that takes.
 *
 * @param queued in any order.
 */
export function planQueue(queued: readonly QueuedJob[], around: QueueSurroundings): QueuePlan {
  const holders = new Map<string, Holder[]>();
  for (const job of around.active) hold(holders, job, job.isLeaving === true ? "leaves" : "runs");
  const start: string[] = [];
  const waiting = new Map<string, string>();
  for (const job of [...queued].sort(inTurn)) {
    const obstacle = around.halt ?? ownObstacle(job, around.now);
    if (obstacle !== null) {
      waiting.set(job.id, obstacle);
      continue;
    }
    const inTheWay = holderInTheWay(job, holders, around.labelOf);
    if (inTheWay !== null) {
      waiting.set(job.id, inTheWay);
      hold(holders, job, "waits");
      continue;
    }
    const block = blockInTheWay(job, around.blocks);
    if (block !== null) {
      waiting.set(job.id, block);
      continue;
    }
    start.push(job.id);
    hold(holders, job, "runs");
  }
  return { start, waiting };
}

export const CPU_LEASE = "the CPU";

/** The CPU counts as one device, which is never shared. */
export function leasesOf(device: RunDevice): readonly string[] {
  return device.kind === "cpu" ? [CPU_LEASE] : device.uuids;
}

interface Holder {
  readonly id: string;
  readonly name: string;
  readonly does: "runs" | "leaves" | "waits";
  readonly mayShare: boolean;
}

function hold(holders: Map<string, Holder[]>, job: LeaseHolder, does: Holder["does"]): void {
  const holder = { id: job.id, name: job.name, does, mayShare: maySharing(job) };
  for (const lease of leasesOf(job.device)) {
    holders.set(lease, [...(holders.get(lease) ?? []), holder]);
  }
}

function maySharing(job: LeaseHolder): boolean {
  return job.mayShareGpu && job.device.kind === "cuda";
}

/** The last processes of the job itself are not in its way: its launch waits for them. */
function holderInTheWay(
  job: QueuedJob,
  holders: ReadonlyMap<string, readonly Holder[]>,
  labelOf: QueueSurroundings["labelOf"],
): string | null {
  for (const lease of leasesOf(job.device)) {
    const inTheWay = holders
      .get(lease)
      ?.find((holder) => !(maySharing(job) && holder.mayShare) && holder.id !== job.id);
    if (inTheWay !== undefined) return holderWords(inTheWay, labelOf(lease));
  }
  return null;
}

function holderWords({ name, does }: Holder, device: string): string {
  switch (does) {
    case "runs":
      return `“${name}” is running on ${device}.`;
    case "leaves":
      return `The last processes of “${name}” are leaving ${device}.`;
    case "waits":
      return `“${name}” is before it in the queue for ${device}.`;
  }
}

function blockInTheWay(job: QueuedJob, blocks: readonly DeviceBlock[]): string | null {
  const leases = leasesOf(job.device);
  const block = blocks.find(
    ({ lease, isShareable, runPath }) =>
      leases.includes(lease) &&
      !(isShareable && maySharing(job)) &&
      (runPath === null || runPath !== job.runPath),
  );
  return block?.reason ?? null;
}

/** What keeps a job waiting whatever becomes of its devices. */
function ownObstacle(job: QueuedJob, now: Date): string | null {
  if (typeof job.heldBack === "string") return job.heldBack;
  if (job.after !== null && job.after.status !== "completed") return predecessorWords(job.after);
  // A clock that was set back since must not make a short wait a long one.
  const wasSetBack = Date.parse(job.queuedAt) > now.getTime();
  if (job.notBefore !== null && !wasSetBack && Date.parse(job.notBefore) > now.getTime()) {
    const cause = job.delayCause === null ? "" : `${job.delayCause} `;
    return `${cause}It is tried again at ${clockTime(job.notBefore)}.`;
  }
  return null;
}

function predecessorWords({ name, status }: Predecessor): string {
  const decide = "It stays queued until you let it go without that run, or stop it.";
  switch (status) {
    case "gone":
      return `The run that it was to follow was deleted. ${decide}`;
    case "failed":
      return `“${name}”, which it was to follow, failed. Resume that one, or: ${decide}`;
    case "stopped":
      return `“${name}”, which it was to follow, was stopped. Resume that one, or: ${decide}`;
    default:
      return `It begins when “${name}” is completed.`;
  }
}

/** By the clock of this machine, as its user reads it. */
function clockTime(iso: string): string {
  const at = new Date(iso);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
