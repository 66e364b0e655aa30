import type { Publish } from "../../shared/contract/contract.ts";
import { fail, finishRun, requeue } from "./finish-run.ts";
import { planQueue, type QueuedJob } from "./gpu-queue.ts";
import type { JobLedger } from "./job-ledger.ts";
import { EMPTY_REPORT, isActiveJob, type JobRecord } from "./job-record.ts";
import { launchError, launchRun, type LaunchOptions } from "./launch-run.ts";
import type { MetricsStore } from "./metrics-store.ts";
import { RunFollower } from "./run-follower.ts";
import type { RunnerProcess } from "./runner-process.ts";

export interface SupervisorOptions extends LaunchOptions {
  ledger: JobLedger;
  metrics: MetricsStore;
  publish: Publish;
  createId: () => string;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
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
  readonly #followers = new Map<string, RunFollower>();
  /** Launches under way, by job. */
  readonly #launches = new Map<string, AbortController>();
  readonly #unsettled = new Set<Promise<void>>();
  readonly #stopListening: () => void;
  #plannedSoon: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#stopListening = options.ledger.onChange(() => this.#planSoon());
    for (const record of options.ledger.listUnfinished()) {
      if (isActiveJob(record)) this.#follow(record, null);
    }
    this.#planSoon();
  }

  /** Resolves when the queue has dealt with what changed just now. */
  async planned(): Promise<void> {
    await this.#plannedSoon;
  }

  /** A job was asked to stop: gives up its launch, or has the wish passed on at once. */
  hurryStop(jobId: string): void {
    this.#launches.get(jobId)?.abort();
    this.#followers.get(jobId)?.nudge();
  }

  /** Resolves when what the runs did while no app was there is in the store. */
  async caughtUp(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.caughtUp));
  }

  /** Stops following. Runs go on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    for (const launch of this.#launches.values()) launch.abort();
    await Promise.all(this.#unsettled);
    await Promise.all([...this.#followers.values()].map((follower) => follower.close()));
    this.#followers.clear();
  }

  /** Once, after whatever changes jobs at the moment is through. */
  #planSoon(): void {
    this.#plannedSoon ??= Promise.resolve().then(() => {
      this.#plannedSoon = null;
      try {
        this.#plan();
      } catch (error) {
        this.#log("The queue could not be planned", error);
      }
    });
  }

  #plan(): void {
    if (this.#isClosed) return;
    const unfinished = this.#options.ledger.listUnfinished();
    const queued = unfinished.flatMap(queuedJob);
    const { start, waiting } = planQueue(queued, unfinished.filter(isActiveJob));
    const held = unfinished.filter(({ id }) => waiting.has(id));
    this.#options.ledger.setWaiting(waiting, held);
    for (const record of unfinished) if (start.includes(record.id)) this.#begin(record);
  }

  /** The launch is committed before anything is started: the devices are taken from here on. */
  #begin(queued: JobRecord): void {
    const { ledger, now } = this.#options;
    const record = ledger.apply(queued.id, {
      event: { type: "launch", at: now().toISOString() },
      set: { attempt: queued.attempt + 1, report: EMPTY_REPORT },
    });
    if (record === null) return;
    const launch = new AbortController();
    this.#launches.set(record.id, launch);
    const settled = this.#launch(record, launch.signal).finally(() => {
      if (this.#launches.get(record.id) === launch) this.#launches.delete(record.id);
      this.#unsettled.delete(settled);
    });
    this.#unsettled.add(settled);
  }

  async #launch(record: JobRecord, signal: AbortSignal): Promise<void> {
    try {
      const runner = await this.#startOrGiveUp(record, signal);
      if (runner !== null) this.#follow(record, runner);
    } catch (error) {
      // The store failed: the job stays as it is and is looked at again on the next start.
      this.#log("A job could not be launched", error, record.id);
    }
  }

  async #startOrGiveUp(record: JobRecord, signal: AbortSignal): Promise<RunnerProcess | null> {
    const { ledger, now } = this.#options;
    try {
      const runner = await launchRun(this.#options, record, signal);
      if (runner !== null) return runner;
    } catch (error) {
      this.#log("A run could not be started", error, record.id);
      const present = ledger.get(record.id);
      if (present.state.status !== "stopping") {
        fail(this.#options, present, launchError(error));
        return null;
      }
    }
    const present = ledger.get(record.id);
    if (present.state.status === "stopping") {
      ledger.apply(record.id, {
        event: { type: "end_stopped", at: now().toISOString() },
        note: { kind: "status", message: "Stopped before it began." },
      });
    } else {
      const cause = "LoRA Desk was closed before the run had a process.";
      requeue(this.#options, present, cause, present.idleInterruptions);
    }
    return null;
  }

  #follow(record: JobRecord, runner: RunnerProcess | null): void {
    const follower = new RunFollower(
      {
        ...this.#options,
        onEnd: async (jobId, end) => {
          await finishRun(this.#options, jobId, { ...end, runner });
          if (this.#followers.get(jobId) === follower) this.#followers.delete(jobId);
        },
      },
      record,
      runner,
    );
    this.#followers.set(record.id, follower);
    follower.start();
  }

  #log(message: string, error: unknown, job?: string): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log(message, job === undefined ? { error: reason } : { job, error: reason });
  }
}

function queuedJob(record: JobRecord): QueuedJob[] {
  const { id, name, device, state } = record;
  if (state.status !== "queued") return [];
  return [{ id, name, device, queuedAt: state.queuedAt, hasPriority: state.hasPriority }];
}
