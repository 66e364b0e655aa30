import { fail, type FinishOptions, requeue } from "./finish-run.ts";
import { EMPTY_REPORT, type JobRecord } from "./job-record.ts";
import { launchError, launchRun, type LaunchOptions } from "./launch-run.ts";
import type { RunnerProcess } from "./runner-process.ts";

export interface RunLaunchesOptions extends LaunchOptions, Omit<FinishOptions, "timings"> {
  log: (message: string, details?: Record<string, unknown>) => void;
  /** A run has a process now. */
  onStarted: (record: JobRecord, runner: RunnerProcess) => void;
  /** Nobody knows what became of a launch. @param record as it was launched. */
  onLost: (record: JobRecord) => void;
  /** A job was stopped before it had one. @param record as it was then. */
  onStopped: (record: JobRecord) => Promise<void>;
}

/** The launches that are under way: from the queue's word to the runner's process. */
export class RunLaunches {
  readonly #options: RunLaunchesOptions;
  readonly #aborts = new Map<string, AbortController>();
  readonly #unsettled = new Set<Promise<void>>();
  #isClosed = false;

  constructor(options: RunLaunchesOptions) {
    this.#options = options;
  }

  /** The launch is committed before anything is started: the devices are taken from here on. */
  begin(queued: JobRecord): void {
    const { ledger, now } = this.#options;
    const record = ledger.apply(queued.id, {
      event: { type: "launch", at: now().toISOString() },
      set: { attempt: queued.attempt + 1, report: EMPTY_REPORT },
    });
    if (record === null) return;
    const abort = new AbortController();
    this.#aborts.set(record.id, abort);
    const settled = this.#launch(record, abort.signal).finally(() => {
      if (this.#aborts.get(record.id) === abort) this.#aborts.delete(record.id);
      this.#unsettled.delete(settled);
    });
    this.#unsettled.add(settled);
  }

  giveUp(jobId: string): void {
    this.#aborts.get(jobId)?.abort();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const abort of this.#aborts.values()) abort.abort();
    await Promise.all(this.#unsettled);
  }

  async #launch(record: JobRecord, signal: AbortSignal): Promise<void> {
    try {
      const runner = await this.#startOrGiveUp(record, signal);
      if (runner !== null) this.#options.onStarted(record, runner);
    } catch (error) {
      // The store failed, as on a full disk: the job stays as it is and must be looked after.
      this.#log("A job could not be launched", error, record.id);
      if (!this.#isClosed) this.#options.onLost(record);
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
      await this.#options.onStopped(present);
    } else {
      const cause = "LoRA Desk was closed before the run had a process.";
      requeue(this.#options, present, cause, present.idleInterruptions);
    }
    return null;
  }

  #log(message: string, error: unknown, job: string): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log(message, { job, error: reason });
  }
}
