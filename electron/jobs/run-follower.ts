import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import type { Publish } from "../../shared/contract/contract.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import { readWholeLines } from "./event-file.ts";
import { type ActiveJob, isActiveJob, type JobRecord } from "./job-record.ts";
import { parseRunEvents } from "./parse-run-events.ts";
import { RunFolder } from "./run-folder.ts";
import { type Presence, presenceOf } from "./run-presence.ts";
import { RunPids } from "./run-pids.ts";
import type { RunnerProcess } from "./runner-process.ts";
import { StopPress, type StopPressOptions } from "./stop-press.ts";

/** A batch is so long that it takes about this time: everything else waits for so long at most. */
const BATCH_WORK_MS = 14;
const FIRST_BATCH_BYTES = 512 * 1024;
/** Committing costs the same however little is committed, so less than this is no quicker. */
const LEAST_BATCH_BYTES = 512 * 1024;
const MOST_BATCH_BYTES = 2 * 1024 * 1024;
/** While a long file is caught up with, the rest of a look gets its turn so often. */
const CATCH_UP_MS = 500;

export interface FollowerOptions extends StopPressOptions {
  publish: Publish;
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
  #batchBytes = FIRST_BATCH_BYTES;
  readonly #stop: StopPress;
  readonly #pids: RunPids;
  #lastTrouble = "";
  #isClosed = false;
  readonly #caughtUp = Promise.withResolvers<void>();

  constructor(options: FollowerOptions, record: JobRecord, runner: RunnerProcess | null) {
    this.#options = options;
    this.#jobId = record.id;
    this.#folder = new RunFolder(record.runPath);
    this.#runner = runner;
    this.#stop = new StopPress(options, record.id, { folder: this.#folder, runner });
    this.#pids = new RunPids(options.bootId);
  }

  start(): void {
    this.#watch();
    void this.#runner?.ended.then(() => this.nudge());
    this.#schedule(0);
  }

  hasPid(pid: number): boolean {
    return this.#pids.has(pid);
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
    if (await this.#catchUp(record)) return true;
    await this.#announceLog();
    if (exit !== null) return this.#end(exit, "gone");
    const presence = await this.#presence(record);
    if (presence === "present") {
      return (await this.#stop.press()) ? this.#end(null, "unkillable") : false;
    }
    const late = await this.#folder.readExit(record.attempt);
    let hasMore = true;
    while (hasMore && !this.#isClosed) hasMore = await this.#readEvents(record);
    return this.#end(late, presence);
  }

  /** @returns whether more whole lines are waiting. */
  async #catchUp(record: JobRecord): Promise<boolean> {
    const untilMs = performance.now() + CATCH_UP_MS;
    let hasMore = true;
    while (hasMore && !this.#isClosed && performance.now() < untilMs) {
      hasMore = await this.#readEvents(record);
    }
    return hasMore && !this.#isClosed;
  }

  /** @returns whether more whole lines are waiting. */
  async #readEvents(record: JobRecord): Promise<boolean> {
    const { ledger } = this.#options;
    const { eventsOffset } = ledger.get(record.id);
    const found = await readWholeLines(this.#folder.eventsPath, eventsOffset, this.#batchBytes);
    if (this.#isClosed) return false;
    if (found.wasCut) {
      const message = "The end of events.jsonl was lost, as after a power cut. Following goes on.";
      ledger.apply(record.id, {
        set: { eventsOffset: found.nextOffset },
        note: { kind: "warning", message },
      });
    } else if (found.nextOffset > eventsOffset) {
      const beganMs = performance.now();
      const parsed = parseRunEvents(found.lines, record.id);
      ledger.commitEvents(record.id, parsed, found.nextOffset, found.hasMore);
      this.#fitBatch(found.nextOffset - eventsOffset, performance.now() - beganMs);
    } else {
      ledger.news.catchUp(ledger.get(record.id));
    }
    return found.hasMore;
  }

  #fitBatch(bytes: number, tookMs: number): void {
    const fitting = (bytes * BATCH_WORK_MS) / Math.max(1, tookMs);
    // One slow commit says little, and neither does a batch that the end of the file cut short.
    const next = Math.min(2 * this.#batchBytes, (this.#batchBytes + fitting) / 2);
    if (bytes * 2 < this.#batchBytes && next < this.#batchBytes) return;
    this.#batchBytes = Math.round(Math.min(MOST_BATCH_BYTES, Math.max(LEAST_BATCH_BYTES, next)));
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
  async #presence({ attempt, state, device }: ActiveJob): Promise<Presence> {
    const { now, timings, bootId } = this.#options;
    const hasRunnerEnded = this.#runner !== null && this.#runner.endedHow() !== null;
    const sinceMs = performance.now() - this.#lastPresenceMs;
    if (!hasRunnerEnded && sinceMs < timings.presenceMs) return "present";
    this.#lastPresenceMs = performance.now();
    const heartbeat = await this.#folder.readHeartbeat(attempt);
    if (device.kind === "cuda" && heartbeat !== null) await this.#pids.update(heartbeat);
    return presenceOf({
      heartbeat,
      runner: this.#runner,
      startedAt: state.startedAt,
      now: now(),
      timings,
      bootId,
    });
  }

  async #end(exit: RunExit | null, presence: Presence): Promise<boolean> {
    if (this.#isClosed) return false;
    await this.#options.onEnd(this.#jobId, { exit, presence });
    void this.close();
    return false;
  }
}
