import { AppError } from "../../shared/app-error.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import { backOffMs } from "./back-off.ts";
import type { MetricsPushStore } from "./metrics-push-store.ts";
import { SyncAccountStore } from "./sync-account-store.ts";
import { countRows } from "./sync-counts.ts";
import { describeFault, describeRefusedPoints } from "./sync-fault-words.ts";
import { ServerFault } from "./team-server.ts";

export interface SyncLoopOptions {
  store: Store;
  metrics: MetricsPushStore;
  /** Whether something here could be sent. */
  hasWaiting: () => boolean;
  now: () => Date;
  random: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: (message: string, details?: Record<string, unknown>) => void;
  round: (signal: AbortSignal, mayGoOn: () => boolean) => Promise<void>;
  onStatus: (status: SyncStatus) => void;
  isPausedAtStart?: boolean;
}

/** How often the store is asked whether anything has changed, which costs next to nothing. */
const TICK_MS = 1000;
/** A change waits this long for others, so that a running job is not sent at each of its steps. */
const GATHER_MS = 2000;
const PULL_EVERY_MS = 10_000;
const SIGNED_OUT_RETRY_MS = 300_000;

/*
 *   idle ──▶ syncing ──▶ idle          a change here, or the time to ask the project
 *               ├──────▶ waiting       unreachable, busy: again after a back-off, for ever
 *               └──────▶ signed_out    the session has ended: asked again now and then
 *   any  ──▶ paused ──▶ idle           by the user
 *
 * Time is counted in what was slept, never read from the clock: that may jump by days.
 */
export class SyncLoop {
  readonly #options: SyncLoopOptions;
  readonly #accounts: SyncAccountStore;
  readonly #closing = new AbortController();
  #waking = new AbortController();
  #isPaused: boolean;
  #state: SyncStatus["state"] = "idle";
  #lastError: Failure | null = null;
  #nextTryAt: string | null = null;
  #failures = 0;
  /** Until the next round that nobody asked for. */
  #waitMs = 0;
  #changes = -1;
  #lastTold = "";
  #ended: Promise<void> | null = null;

  constructor(options: SyncLoopOptions) {
    this.#options = options;
    this.#accounts = new SyncAccountStore(options.store);
    this.#isPaused = options.isPausedAtStart ?? this.#accounts.get()?.isPaused ?? false;
  }

  start(): void {
    this.#ended ??= this.#run();
  }

  wake(): void {
    this.#waking.abort();
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#accounts.setPaused(isPaused);
    if (isPaused) this.#tell();
    else this.wake();
  }

  status(): SyncStatus {
    return {
      state: this.#isPaused ? "paused" : this.#state,
      counts: countRows(this.#options.store),
      lastError: this.#lastError,
      nextTryAt: this.#isPaused ? null : this.#nextTryAt,
      lastSyncedAt: this.#accounts.get()?.lastSyncedAt ?? null,
    };
  }

  /** Tells of the counts as they are now, where they have changed. */
  tellProgress(): void {
    this.#tell();
  }

  /** Something got through, so the next failure is the first in a row. */
  noteProgress(): void {
    this.#failures = 0;
    this.#tell();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#waking.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        if (!this.#isPaused && this.#waitMs <= 0) await this.#round();
        if (signal.aborted) return;
        await this.#tick();
      } catch (error) {
        if (signal.aborted) return;
        // The store itself (a full disk): told by the next tick, and tried again like anything else.
        this.#fail(error);
        this.#changes = -1;
        await this.#sleep(TICK_MS);
      }
    }
  }

  async #tick(): Promise<void> {
    const before = this.#totalChanges();
    if (before !== this.#changes) {
      this.#changes = before;
      this.#tell();
    }
    // Woken, perhaps while a round was under way: the next one begins at once.
    if (!this.#waking.signal.aborted) await this.#sleep(TICK_MS);
    if (this.#waking.signal.aborted) {
      this.#waking = new AbortController();
      this.#waitMs = 0;
      return;
    }
    this.#waitMs -= TICK_MS;
    if (this.#totalChanges() !== this.#changes) this.#gather();
  }

  /** A change that waits is sent soon, unless the project could not be reached just now. */
  #gather(): void {
    if (this.#failures === 0 && this.#waitMs > GATHER_MS && this.#options.hasWaiting()) {
      this.#waitMs = GATHER_MS;
    }
  }

  async #sleep(ms: number): Promise<void> {
    try {
      await this.#options.sleep(ms, this.#waking.signal);
    } catch (error) {
      if (!this.#waking.signal.aborted) throw error;
    }
  }

  async #round(): Promise<void> {
    const { signal } = this.#closing;
    this.#state = "syncing";
    this.#nextTryAt = null;
    this.#tell();
    try {
      await this.#options.round(signal, () => !this.#isPaused && !signal.aborted);
      if (signal.aborted) return;
      this.#failures = 0;
      this.#state = "idle";
      this.#lastError = describeRefusedPoints(this.#options.metrics.refusals());
      this.#waitMs = PULL_EVERY_MS;
      // Changed while the round was under way.
      this.#gather();
      if (!this.#isPaused) this.#accounts.setSynced(this.#options.now().toISOString());
    } catch (error) {
      if (signal.aborted) return;
      this.#fail(error);
    }
    // What the round itself wrote is no news.
    this.#changes = this.#totalChanges();
    this.#tell();
  }

  #fail(error: unknown): void {
    const { random, now, log } = this.#options;
    const fault = error instanceof ServerFault ? error : null;
    const isSignedOut =
      fault?.kind === "unauthorised" || (error instanceof AppError && error.kind === "forbidden");
    this.#failures += 1;
    this.#state = isSignedOut ? "signed_out" : "waiting";
    this.#lastError = describeFault(error);
    this.#waitMs = isSignedOut
      ? SIGNED_OUT_RETRY_MS
      : backOffMs(this.#failures, random(), fault?.retryAfterMs ?? null);
    this.#nextTryAt = new Date(now().getTime() + this.#waitMs).toISOString();
    // What a refusal says may quote a row, so the log has only its kind.
    log("Sync was interrupted", {
      kind: fault?.kind ?? (error instanceof AppError ? error.kind : "internal"),
      status: fault?.status ?? null,
      ...(fault === null || fault.kind === "unreachable" ? { error: String(error) } : {}),
    });
  }

  #totalChanges(): number {
    const row = this.#options.store.prepare("SELECT total_changes() AS changes").get();
    return Number(row?.["changes"]);
  }

  #tell(): void {
    if (this.#closing.signal.aborted) return;
    const status = this.status();
    const text = JSON.stringify(status);
    if (text === this.#lastTold) return;
    this.#lastTold = text;
    this.#options.onStatus(status);
  }
}
