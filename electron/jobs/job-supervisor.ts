import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { GpuFault, GpuProcess } from "../../shared/contract/gpus.ts";
import type { Queue } from "../../shared/contract/queue.ts";
import type { DeviceBlocksOptions } from "./device-blocks.ts";
import type { JobLedger } from "./job-ledger.ts";
import { isActiveJob, type JobRecord } from "./job-record.ts";
import type { LaunchOptions } from "./launch-run.ts";
import { LeaseRelease } from "./lease-release.ts";
import type { MetricsStore } from "./metrics-store.ts";
import type { Kill } from "./process-signal.ts";
import { QueuePlanner } from "./queue-planner.ts";
import type { QueueStore } from "./queue-store.ts";
import { RunFolder } from "./run-folder.ts";
import { RunEndings } from "./run-endings.ts";
import { RunFollower } from "./run-follower.ts";
import { RunLaunches } from "./run-launches.ts";
import type { RunnerProcess } from "./runner-process.ts";

/** nvidia-smi may take seconds to answer; who creates a job is not kept that long. */
const LOOK_PATIENCE_MS = 500;

export interface SupervisorOptions
  extends LaunchOptions, Pick<DeviceBlocksOptions, "processesOn" | "gpuNames"> {
  ledger: JobLedger;
  metrics: MetricsStore;
  queue: QueueStore;
  publish: Publish;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
  runsPath: string;
  kill: Kill;
  /** How long a run may take for its checkpoint where the wish to stop does not say. */
  stopGraceSeconds: () => number;
  /** Driver errors of this boot. */
  gpuFaults: () => readonly GpuFault[];
  /** Why a queued job is not to be started yet; see `replan`. */
  reasonToWait?: (jobId: string) => string | null;
  /** Deletes a stopped job that nobody wants to keep. */
  discard: (jobId: string) => Promise<unknown>;
}

/**
 * Looks after the runs of this machine: launches what the queue lets through, follows what is
 * running, whoever started it, and brings each job to its end.
 *
 * On start every unfinished job gets a follower, and the follower finds out what became of it:
 * still running, ended in the meantime (exit.json), or vanished and to be resumed.
 */
export class JobSupervisor {
  readonly #options: SupervisorOptions;
  readonly #planner: QueuePlanner;
  readonly #release: LeaseRelease;
  readonly #followers = new Map<string, RunFollower>();
  readonly #endings: RunEndings;
  readonly #launches: RunLaunches;
  readonly #stopListening: () => void;
  #plannedSoon: Promise<void> | null = null;
  /** Jobs whose GPUs have just been looked at. */
  #looked: ReadonlySet<string> = new Set();
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { ledger, timings, processesOn, publish } = options;
    this.#release = new LeaseRelease({
      ...options,
      pidsOn: async (uuid) => pidsOf(await processesOn(uuid)),
      onRelease: () => this.#planSoon(),
    });
    this.#planner = new QueuePlanner({
      ...options,
      release: this.#release,
      blockedLookMs: timings.blockedLookMs,
      publish: (queue) => publish("queue.changed", queue),
    });
    this.#endings = new RunEndings({ ...options, release: this.#release });
    this.#launches = new RunLaunches({
      ...options,
      onStarted: (record, runner) => this.#follow(record, runner),
      onLost: (record) => this.#follow(record, null),
      onStopped: (record) => this.#endings.discardIfUnwanted(record),
    });
    this.#stopListening = ledger.news.onChange(() => this.#planSoon());
    for (const record of ledger.listUnfinished()) {
      if (isActiveJob(record)) this.#follow(record, null);
    }
    void this.#endings.discardLeftOvers();
    this.#planSoon();
  }

  /** Resolves when the queue has dealt with what changed just now. */
  async planned(): Promise<void> {
    await this.#plannedSoon;
    if (this.#looking === null) return;
    await Promise.race([this.#looking, delay(LOOK_PATIENCE_MS, undefined, { ref: false })]);
    await this.#plannedSoon;
  }

  /** Plans although no job has changed. */
  async replan(): Promise<void> {
    this.#planSoon();
    await this.planned();
  }

  queue(): Queue {
    return this.#planner.queue();
  }

  /** The run that a process of this machine belongs to. */
  jobOfPid(pid: number): string | null {
    for (const [jobId, follower] of this.#followers) if (follower.hasPid(pid)) return jobId;
    return this.#release.jobOfPid(pid);
  }

  /** A job was asked to stop: gives up its launch, or has the wish passed on at once. */
  hurryStop(jobId: string): void {
    this.#launches.giveUp(jobId);
    this.#followers.get(jobId)?.nudge();
  }

  /**
   * Asks the trainer for a checkpoint now.
   *
   * @throws AppError `conflict` unless it is training.
   */
  async requestCheckpoint(record: JobRecord): Promise<null> {
    if (record.state.status !== "running") {
      throw new AppError(
        "conflict",
        `“${record.name}” is ${record.state.status}: only a run that is training can write a checkpoint.`,
      );
    }
    const { createId, now } = this.#options;
    await new RunFolder(record.runPath).writeCommand({
      v: 1,
      id: createId(),
      attempt: record.attempt,
      action: "checkpoint",
      ts: now().getTime() / 1000,
    });
    return null;
  }

  /** Resolves when what the runs did while no app was there is in the store. */
  async caughtUp(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.caughtUp));
  }

  /** Stops following. Runs go on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#endings.close();
    await this.#launches.close();
    await this.#looking;
    await Promise.all([...this.#followers.values()].map((follower) => follower.close()));
    this.#followers.clear();
    await this.#release.close();
  }

  /** Once, after whatever changes jobs at the moment is through. */
  #planSoon(): void {
    this.#plannedSoon ??= Promise.resolve().then(() => {
      this.#plannedSoon = null;
      try {
        this.#plan();
      } catch (error) {
        this.#log("The queue could not be planned", error);
        this.#wakeIn(this.#options.timings.blockedLookMs);
      }
    });
  }

  #plan(): void {
    if (this.#isClosed) return;
    const { start, unfinished } = this.#planner.plan();
    const looked = this.#looked;
    this.#looked = new Set();
    let isLookNeeded = false;
    for (const record of unfinished.filter(({ id }) => start.includes(id))) {
      // Immediately before the launch: who is on its GPUs now?
      if (looked.has(record.id) || !this.#planner.needsLook(record)) this.#launches.begin(record);
      else isLookNeeded = true;
    }
    if (isLookNeeded) this.#lookAndPlan();
    else this.#wakeLater();
  }

  /** For what no event tells: a time that comes, a foreign program that goes. */
  #wakeLater(): void {
    this.#wakeIn(this.#planner.nextLookMs());
  }

  #wakeIn(delayMs: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (delayMs === null || this.#isClosed) return;
    this.#timer = setTimeout(() => this.#lookAndPlan(), delayMs);
    this.#timer.unref();
  }

  #lookAndPlan(): void {
    if (this.#looking !== null || this.#isClosed) return;
    this.#looking = this.#lookAround().finally(() => {
      this.#looking = null;
      this.#planSoon();
    });
  }

  async #lookAround(): Promise<void> {
    const queued = this.#options.ledger
      .listUnfinished()
      .filter(({ state }) => state.status === "queued");
    try {
      await this.#planner.lookAround(queued);
      this.#looked = new Set(queued.map(({ id }) => id));
    } catch (error) {
      this.#log("Nobody knows who is on the GPUs", error);
    }
  }

  #follow(record: JobRecord, runner: RunnerProcess | null): void {
    const follower = new RunFollower(
      {
        ...this.#options,
        onEnd: async (jobId, end) => {
          await this.#endings.end(jobId, end, runner);
          if (this.#followers.get(jobId) === follower) this.#followers.delete(jobId);
        },
      },
      record,
      runner,
    );
    this.#followers.set(record.id, follower);
    follower.start();
  }

  #log(message: string, error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log(message, { error: reason });
  }
}

function pidsOf(processes: readonly GpuProcess[] | null): ReadonlySet<number> | null {
  return processes === null ? null : new Set(processes.map(({ pid }) => pid));
}
