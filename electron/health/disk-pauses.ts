import type { Job } from "../../shared/contract/jobs.ts";
import { bytesToGoOn, gigabytes, neededBytes } from "./disk-need.ts";
import type { DiskPauseStore } from "./disk-pause-store.ts";

export interface DiskPausesOptions {
  pauses: DiskPauseStore;
  now: () => Date;
  freeBytes: (path: string) => Promise<number | null>;
  stop: (jobId: string) => Promise<unknown>;
  resume: (jobId: string) => Promise<unknown>;
  /** The queue is to look again. */
  replan: () => void;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Runs for which the disk has become too full: stopped with a checkpoint, queued at once, and held
 * in the queue until there is room. Each step is in the store, so that an app that ends in between
 * goes on where it was.
 *
 *   running ──pause──▶ stopping ──stopped──▶ held ──room──▶ (nothing: the queue starts it)
 *                         └── ended otherwise ──▶ (nothing)  └── the person stops it ──▶ (nothing)
 */
export class DiskPauses {
  readonly #options: DiskPausesOptions;
  readonly #freeBytes = new Map<string, number>();
  /** Jobs that this app has asked to stop. */
  readonly #asked = new Set<string>();

  constructor(options: DiskPausesOptions) {
    this.#options = options;
  }

  async pause(job: Job, checkpointBytes: number): Promise<void> {
    const { pauses, now, stop, log } = this.#options;
    const present = pauses.find(job.id);
    // One that is to stop and was not asked was saved by an app that ended before it could ask.
    if (present !== null && (present.state === "held" || this.#asked.has(job.id))) return;
    const needed = bytesToGoOn(neededBytes(checkpointBytes));
    const pause = { jobId: job.id, neededBytes: needed, runPath: job.runPath };
    pauses.save({ ...pause, state: "stopping" }, now().toISOString());
    try {
      this.#asked.add(job.id);
      await stop(job.id);
    } catch (error) {
      pauses.remove(job.id);
      log("A run could not be paused for want of disk space", {
        job: job.id,
        error: String(error),
      });
    }
  }

  /** A job is in this state now. */
  seen(job: Job): void {
    const { pauses, now, resume, log } = this.#options;
    const { id, status } = job;
    const pause = pauses.find(id);
    if (pause === null) return;
    // The person does not want it any more.
    if (job.status === "stopping" && job.stop.mode === "discard") pauses.remove(id);
    if (pause.state === "held") {
      if (status !== "queued") pauses.remove(id);
      return;
    }
    if (status === "completed" || status === "failed") pauses.remove(id);
    if (status !== "stopped" && status !== "queued") return;
    pauses.save({ ...pause, state: "held" }, now().toISOString());
    if (status === "queued") return;
    resume(id).catch((error: unknown) => {
      log("A paused run could not be queued again", { job: id, error: String(error) });
    });
  }

  /** Lets go of those for which there is room. */
  async look(): Promise<void> {
    const { pauses, freeBytes, replan } = this.#options;
    for (const { jobId, state, neededBytes: needed, runPath } of pauses.list()) {
      if (state !== "held") continue;
      const free = await freeBytes(runPath);
      if (free === null) continue;
      this.#freeBytes.set(jobId, free);
      if (free < needed) continue;
      this.#freeBytes.delete(jobId);
      pauses.remove(jobId);
      replan();
    }
  }

  /** Why a queued job is not to be started; null when nothing speaks against it. */
  reasonToWait(jobId: string): string | null {
    const pause = this.#options.pauses.find(jobId);
    if (pause === null) return null;
    const free = this.#freeBytes.get(jobId);
    const now = free === undefined ? "" : ` (${gigabytes(free)} are free)`;
    return `It waits until ${gigabytes(pause.neededBytes)} are free on the disk of ${pause.runPath}${now}.`;
  }
}
