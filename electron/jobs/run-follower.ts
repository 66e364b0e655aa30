import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import type { Publish } from "../../shared/contract/contract.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import { readWholeLines } from "./event-file.ts";
import type { JobLedger } from "./job-ledger.ts";
import { type ActiveJob, isActiveJob, type JobRecord } from "./job-record.ts";
import type { JobTimings } from "./job-timings.ts";
import { parseRunEvents } from "./parse-run-events.ts";
import { RunFolder } from "./run-folder.ts";
import { type Presence, presenceOf } from "./run-presence.ts";
import type { RunnerProcess } from "./runner-process.ts";
import { pressStop, type StopStage, stopStageAt } from "./stop-run.ts";

/** About three thousand steps: some ten milliseconds of work per batch. */
const CHUNK_BYTES = 1024 * 1024;

export interface FollowerOptions {
  ledger: JobLedger;
  publish: Publish;
  createId: () => string;
  now: () => Date;
  timings: JobTimings;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** Called once, when all that the attempt wrote is in the store. */
  onEnd: (jobId: string, end: { exit: RunExit | null; presence: Presence }) => Promise<void>;
}

/**
 * Follows one attempt of one run, whoever started it, until it has ended. It only reads the run
 * folder (and writes `command.json`): closing it leaves the run alone.
 */
export class RunFollower {
  readonly #options: FollowerOptions;
  readonly #jobId: string;
  readonly #folder: RunFolder;
  readonly #runner: RunnerProcess | null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #isNudged = false;
  #look: Promise<void> | null = null;
  #lastLookMs = 0;
  #lastPresenceMs = Number.NEGATIVE_INFINITY;
  #logBytes = 0;
  #stopStage: StopStage | null = null;
  #lastTrouble = "";
  #isClosed = false;
  readonly #caughtUp = Promise.withResolvers<void>();

  constructor(options: FollowerOptions, record: JobRecord, runner: RunnerProcess | null) {
    this.#options = options;
    this.#jobId = record.id;
    this.#folder = new RunFolder(record.runPath);
    this.#runner = runner;
  }

  start(): void {
    this.#watch();
    void this.#runner?.ended.then(() => this.nudge());
    this.#schedule(0);
  }

  /** Looks soon: something may have happened. */
  nudge(): void {
    const sinceMs = performance.now() - this.#lastLookMs;
    this.#schedule(Math.max(0, this.#options.timings.batchMs - sinceMs));
  }

  /** Settles when all that the run wrote until now is in the store, or it was tried in vain. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#caughtUp.resolve();
    this.#watcher?.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#look;
  }

  /** A hint only: file systems on a network give none, so there is the poll as well. */
  #watch(): void {
    try {
      this.#watcher = watch(this.#folder.path, { persistent: false }, () => this.nudge());
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch (error) {
      this.#options.log("A run folder cannot be watched; it is polled", {
        job: this.#jobId,
        error: String(error),
      });
    }
  }

  #schedule(delayMs: number): void {
    if (this.#isClosed || this.#look !== null) {
      this.#isNudged = true;
      return;
    }
    const dueMs = performance.now() + delayMs;
    if (this.#timer !== null && this.#dueMs <= dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#look = this.#lookOnce();
    }, delayMs);
  }

  async #lookOnce(): Promise<void> {
    this.#isNudged = false;
    let isSoon = false;
    try {
      isSoon = await this.#lookAtRun();
      this.#lastTrouble = "";
    } catch (error) {
      // A full disk or a lost share may pass: the run goes on, so following must not give up.
      const trouble = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (trouble !== this.#lastTrouble) {
        this.#options.log("Following a run failed; it will be tried again", {
          job: this.#jobId,
          error: trouble,
        });
      }
      this.#lastTrouble = trouble;
    }
    this.#lastLookMs = performance.now();
    this.#look = null;
    if (!isSoon) this.#caughtUp.resolve();
    const { batchMs, pollMs } = this.#options.timings;
    this.#schedule(isSoon || this.#isNudged ? batchMs : pollMs);
  }

  /** @returns whether there is more to do at once. */
  async #lookAtRun(): Promise<boolean> {
    const record = this.#options.ledger.find(this.#jobId);
    if (record === null || !isActiveJob(record)) {
      void this.close();
      return false;
    }
    // Before the events: what was written before the exit is then certainly seen.
    const exit = await this.#folder.readExit(record.attempt);
    if (await this.#readEvents(record)) return true;
    await this.#announceLog();
    if (exit !== null) return this.#end(exit, "gone");
    const presence = await this.#presence(record);
    if (presence === "present") {
      await this.#pressStop();
      return false;
    }
    const late = await this.#folder.readExit(record.attempt);
    let hasMore = true;
    while (hasMore && !this.#isClosed) hasMore = await this.#readEvents(record);
    return this.#end(late, presence);
  }

  /** @returns whether more whole lines are waiting. */
  async #readEvents(record: JobRecord): Promise<boolean> {
    const { ledger } = this.#options;
    const { eventsOffset } = ledger.get(record.id);
    const found = await readWholeLines(this.#folder.eventsPath, eventsOffset, CHUNK_BYTES);
    if (this.#isClosed) return false;
    if (found.wasCut) {
      const message = "The end of events.jsonl was lost, as after a power cut. Following goes on.";
      ledger.apply(record.id, {
        set: { eventsOffset: found.nextOffset },
        note: { kind: "warning", message },
      });
    } else if (found.nextOffset > eventsOffset) {
      ledger.commitEvents(record.id, parseRunEvents(found.lines, record.id), found.nextOffset);
    } else {
      ledger.announceProgress(ledger.get(record.id));
    }
    return found.hasMore;
  }

  async #announceLog(): Promise<void> {
    const sizeBytes = await stat(this.#folder.logPath).then(
      ({ size }) => size,
      () => 0,
    );
    if (sizeBytes === this.#logBytes || this.#isClosed) return;
    this.#logBytes = sizeBytes;
    this.#options.publish("jobs.logGrew", { id: this.#jobId, sizeBytes }, this.#jobId);
  }

  /** Asking the system costs more than reading a file, and a runner does not end often. */
  async #presence({ attempt, state }: ActiveJob): Promise<Presence> {
    const { now, timings } = this.#options;
    const hasRunnerEnded = this.#runner !== null && this.#runner.endedHow() !== null;
    const sinceMs = performance.now() - this.#lastPresenceMs;
    if (!hasRunnerEnded && sinceMs < timings.presenceMs) return "present";
    this.#lastPresenceMs = performance.now();
    return presenceOf({
      heartbeat: await this.#folder.readHeartbeat(attempt),
      runner: this.#runner,
      startedAt: state.startedAt,
      now: now(),
      timings,
    });
  }

  async #pressStop(): Promise<void> {
    const { ledger, createId, now, timings } = this.#options;
    const { attempt, state } = ledger.get(this.#jobId);
    if (state.status !== "stopping" || this.#isClosed) return;
    const stage = stopStageAt(now().getTime() - Date.parse(state.stopRequestedAt), timings);
    if (stage === this.#stopStage) return;
    const heartbeat = await this.#folder.readHeartbeat(attempt);
    const runner = this.#runner;
    const request = { folder: this.#folder, attempt, heartbeat, runner, createId, now, timings };
    const message = await pressStop(stage, request);
    this.#stopStage = stage;
    if (message !== null) ledger.apply(this.#jobId, { note: { kind: "warning", message } });
  }

  async #end(exit: RunExit | null, presence: Presence): Promise<boolean> {
    if (this.#isClosed) return false;
    await this.#options.onEnd(this.#jobId, { exit, presence });
    void this.close();
    return false;
  }
}
