import { statfsSync } from "node:fs";
import type { Queue } from "../../shared/contract/queue.ts";
import { type DeviceBlocksOptions, findDeviceBlocks } from "./device-blocks.ts";
import {
  type DeviceBlock,
  type LeaseHolder,
  planQueue,
  type QueuedJob,
  type QueuePlan,
} from "./gpu-queue.ts";
import type { JobLedger } from "./job-ledger.ts";
import { isActiveJob, type JobRecord } from "./job-record.ts";
import type { LeaseRelease } from "./lease-release.ts";
import { inTurn } from "./queue-order.ts";
import type { QueueStore } from "./queue-store.ts";

/** Longer than this setTimeout cannot wait. */
const LONGEST_WAIT_MS = 2_000_000_000;

export interface QueuePlannerOptions extends DeviceBlocksOptions {
  ledger: JobLedger;
  queue: QueueStore;
  release: LeaseRelease;
  now: () => Date;
  /** Where the runs are kept, and how much must be free there to start one. */
  runsPath: string;
  minimumFreeBytes: number;
  blockedLookMs: number;
  publish: (queue: Queue) => void;
  /** Why a job is not to be started yet, in words; null when nothing speaks against it. */
  reasonToWait?: (jobId: string) => string | null;
}

/** Gathers what the queue's order goes by: the jobs, the clock, the disk, and who else is there. */
export class QueuePlanner {
  readonly #options: QueuePlannerOptions;
  #blocks: readonly DeviceBlock[] = [];
  #published = "";

  constructor(options: QueuePlannerOptions) {
    this.#options = options;
  }

  /** Tells what each job waits for; what may start is for the caller to start. */
  plan(): QueuePlan & { readonly unfinished: readonly JobRecord[] } {
    const { ledger, queue, release, now, gpuNames } = this.#options;
    const unfinished = ledger.listUnfinished();
    const queued = unfinished.flatMap((record) => this.#queuedJob(record));
    const plan = planQueue(queued, {
      now: now(),
      active: [...unfinished.filter(isActiveJob).map(leaseHolder), ...release.holders()],
      blocks: this.#blocks,
      halt: queue.isPaused() ? "The queue is paused." : this.#fullDisk(queued),
      labelOf: (lease) => gpuNames.labelOf(lease),
    });
    const held = unfinished.filter(({ id }) => plan.waiting.has(id));
    ledger.news.setWaiting(plan.waiting, held);
    this.#tell(queued);
    return { ...plan, unfinished };
  }

  queue(): Queue {
    const queued = this.#options.ledger
      .listUnfinished()
      .flatMap((record) => this.#queuedJob(record));
    return this.#queueOf(queued);
  }

  /** Whether anything but this queue may be in a job's way. */
  needsLook({ device }: JobRecord): boolean {
    return device.kind === "cuda" || this.#options.queue.stuckLeases().length > 0;
  }

  /** Looks who else is on the GPUs that are wanted now, so that the next plan knows. */
  async lookAround(wanted: readonly JobRecord[]): Promise<void> {
    const uuids = new Set(
      wanted.flatMap(({ device }) => (device.kind === "cuda" ? device.uuids : [])),
    );
    const stuck = await this.#options.release.stuck();
    const found = await findDeviceBlocks([...uuids], this.#options);
    this.#blocks = [
      ...stuck.map((one) => ({ ...one, isShareable: false, runPath: null })),
      ...found,
    ];
  }

  /** How long until a plan may come out otherwise although nothing was told; null: never. */
  nextLookMs(): number | null {
    const { ledger, queue, now, blockedLookMs } = this.#options;
    const queued = ledger.listUnfinished().flatMap((record) => this.#queuedJob(record));
    if (queued.length === 0 || queue.isPaused()) return null;
    const nowMs = now().getTime();
    const times = queued.flatMap(({ notBefore }) =>
      notBefore === null ? [] : [Date.parse(notBefore) - nowMs],
    );
    const isBlocked = this.#blocks.length > 0 || this.#fullDisk(queued) !== null;
    if (isBlocked) times.push(blockedLookMs);
    const due = times.filter((ms) => ms > 0);
    return due.length === 0 ? null : Math.min(LONGEST_WAIT_MS, ...due);
  }

  #queuedJob(record: JobRecord): QueuedJob[] {
    const { id, name, device, accounting, queueRank, runPath, state } = record;
    if (state.status !== "queued") return [];
    const { queuedAt, hasPriority, notBefore, delayCause } = state;
    const { priority, mayShareGpu, afterJobId } = accounting;
    const place = { id, hasPriority, priority, queueRank, queuedAt };
    const after = afterJobId === null ? null : this.#predecessor(afterJobId);
    const heldBack = this.#options.reasonToWait?.(id) ?? null;
    const waits = { heldBack, notBefore, delayCause, after };
    return [{ ...place, name, device, mayShareGpu, runPath, ...waits }];
  }

  #predecessor(id: string): QueuedJob["after"] {
    const record = this.#options.ledger.find(id);
    return record === null
      ? { name: "", status: "gone" }
      : { name: record.name, status: record.state.status };
  }

  /** A run that begins with no room for its checkpoints would fail for nothing. */
  #fullDisk(queued: readonly QueuedJob[]): string | null {
    if (queued.length === 0) return null;
    const { runsPath, minimumFreeBytes } = this.#options;
    let freeBytes: number;
    try {
      const { bavail, bsize } = statfsSync(runsPath);
      freeBytes = bavail * bsize;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return `The folder of the runs cannot be reached: ${reason}. Put it back (or attach its disk); the queue goes on then.`;
    }
    if (freeBytes >= minimumFreeBytes) return null;
    return `Only ${gigabytes(freeBytes)} are free on the disk of ${runsPath}; a run needs at least ${gigabytes(minimumFreeBytes)} for its checkpoints. It starts when there is room.`;
  }

  #tell(queued: readonly QueuedJob[]): void {
    const queue = this.#queueOf(queued);
    const text = JSON.stringify(queue);
    if (text === this.#published) return;
    const isFirst = this.#published === "";
    this.#published = text;
    if (!isFirst) this.#options.publish(queue);
  }

  #queueOf(queued: readonly QueuedJob[]): Queue {
    const order = [...queued].sort(inTurn).map(({ id }) => id);
    return { isPaused: this.#options.queue.isPaused(), order };
  }
}

function leaseHolder({ id, name, device, accounting }: JobRecord): LeaseHolder {
  return { id, name, device, mayShareGpu: accounting.mayShareGpu };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
