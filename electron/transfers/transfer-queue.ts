import { ServerFault } from "../sync/team-server.ts";
import type { DownloadRuns } from "./download-run.ts";
import type { TransferParts } from "./transfer-parts.ts";
import type { TransferRecord } from "./transfer-record.ts";
import { failureInWords, faultInWords } from "./transfer-failure.ts";
import type { UploadRuns } from "./upload-run.ts";

export interface TransferQueueOptions {
  parts: TransferParts;
  uploads: UploadRuns;
  downloads: DownloadRuns;
  /** Resolves after a while, or at once when `signal` aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
  /** What must not begin at this moment; `pump` is called when it may again. */
  isHeld?: (record: TransferRecord) => boolean;
  log: (message: string, details?: Record<string, unknown>) => void;
}

interface Running {
  controller: AbortController;
  /** What whoever stopped it does before anything else may begin. */
  settle?: () => void;
  ended: Promise<void>;
}

const AT_ONCE = 2;
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 5 * 60 * 1000;

/** Runs what waits, two at a time, and again and again what only the network keeps from its end. */
export class TransferQueue {
  readonly #options: TransferQueueOptions;
  readonly #running = new Map<string, Running>();
  readonly #resting = new Map<string, AbortController>();
  /** Failures in a row without a byte in between. */
  readonly #failures = new Map<string, number>();
  #isPaused: boolean;
  #isOpen = false;

  constructor(options: TransferQueueOptions, isPaused: boolean) {
    this.#options = options;
    this.#isPaused = isPaused;
  }

  open(): void {
    this.#isOpen = true;
    this.pump();
  }

  /** Tries everything that waits now, without waiting for its turn. */
  wake(): void {
    for (const resting of this.#resting.values()) resting.abort();
    this.#resting.clear();
    this.pump();
  }

  async setPaused(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
    if (isPaused) await this.#stopAll();
    else this.wake();
  }

  /**
   * Resolves when nothing of the transfer is under way any more. `settle` is called then, before the
   * queue looks for what is next.
   */
  async stop(id: string, settle?: () => void): Promise<void> {
    this.#resting.get(id)?.abort();
    this.#resting.delete(id);
    this.#failures.delete(id);
    const running = this.#running.get(id);
    if (running === undefined) return settle?.();
    if (settle !== undefined) running.settle = settle;
    running.controller.abort(new Error("stopped"));
    await running.ended;
  }

  pump(): void {
    if (!this.#isOpen || this.#isPaused) return;
    for (const record of this.#options.parts.store.startable()) {
      if (this.#running.size >= AT_ONCE) return;
      if (this.#running.has(record.id) || this.#resting.has(record.id)) continue;
      if (this.#options.isHeld?.(record) === true) continue;
      const controller = new AbortController();
      const running: Running = { controller, ended: Promise.resolve() };
      this.#running.set(record.id, running);
      running.ended = this.#run(record, running).catch((error: unknown) => {
        // The store could not be written: the next start finds the transfer as it was.
        this.#options.log("A transfer's state could not be kept", {
          id: record.id,
          error: String(error),
        });
      });
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#stopAll();
  }

  async #stopAll(): Promise<void> {
    for (const resting of this.#resting.values()) resting.abort();
    this.#resting.clear();
    await Promise.all([...this.#running.keys()].map((id) => this.stop(id)));
  }

  async #run(record: TransferRecord, running: Running): Promise<void> {
    const { signal } = running.controller;
    const { parts, uploads, downloads, log } = this.#options;
    const { store, news } = parts;
    const { id, direction, fileName } = record;
    const before = record.bytesDone;
    try {
      await (direction === "upload" ? uploads : downloads).run(record, signal);
      this.#failures.delete(id);
      log("Transfer went on", { id, direction, state: store.find(id)?.state });
    } catch (error) {
      if (signal.aborted) store.setState(id, "waiting");
      else if (error instanceof ServerFault && error.kind !== "refused") {
        const moved = (store.find(id)?.bytesDone ?? 0) > before;
        this.#rest(record, error, moved);
      } else {
        const failure = failureInWords(error, record, parts.limits).toFailure();
        log("Transfer failed", { id, direction, fileName, reason: failure.message });
        store.setState(id, "failed", failure);
      }
    } finally {
      this.#running.delete(id);
      running.settle?.();
      news.end(id);
      this.pump();
    }
  }

  #rest(record: TransferRecord, fault: ServerFault, hasMoved: boolean): void {
    const { parts, sleep, random, log } = this.#options;
    const { id } = record;
    const failures = hasMoved ? 1 : (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    parts.store.setState(id, "waiting", faultInWords(fault).toFailure());
    const most = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (failures - 1));
    const wanted = fault.kind === "unauthorised" ? LONGEST_REST_MS : most * random();
    const ms = Math.max(wanted, fault.retryAfterMs ?? 0);
    log("Transfer waits", { id, kind: fault.kind, status: fault.status, ms });
    const resting = new AbortController();
    this.#resting.set(id, resting);
    void sleep(ms, resting.signal).then(() => {
      if (this.#resting.get(id) !== resting) return;
      this.#resting.delete(id);
      this.pump();
    });
  }
}
