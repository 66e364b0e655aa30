import { AppError } from "../../shared/app-error.ts";
import { isWithoutTeams } from "../teams/project-api-failure.ts";
import type { ProjectApi } from "../teams/project-api.ts";
import { pullShared } from "./elsewhere-shared.ts";
import type { ElsewhereStore, SharedRow } from "./elsewhere-store.ts";

export interface ElsewhereRefreshOptions {
  api: ProjectApi;
  store: ElsewhereStore;
  /** How often it is done while somebody listens. */
  everyMs: number;
  /** Not sooner after the one before, however often it is asked for. */
  atMostEveryMs: number;
  now: () => Date;
  onChanged: () => void;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** Brings what others show the account into the store, while somebody looks. */
export class ElsewhereRefresh {
  readonly #options: ElsewhereRefreshOptions;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #lastMs: number | null = null;
  #lastFailure: string | null = null;
  /** Counts what makes a reading that is under way out of date. */
  #generation = 0;
  #isClosed = false;

  constructor(options: ElsewhereRefreshOptions) {
    this.#options = options;
  }

  setHeard(isHeard: boolean): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (!isHeard || this.#isClosed) return;
    this.#timer = setInterval(() => this.ask(), this.#options.everyMs);
    this.#timer.unref();
  }

  /** Soon, unless it has just been done. Failures are logged: what was there before stays. */
  ask(): void {
    const nowMs = this.#options.now().getTime();
    const isRecent =
      this.#lastMs !== null && Math.abs(nowMs - this.#lastMs) < this.#options.atMostEveryMs;
    if (this.#running !== null || isRecent || this.#isClosed) return;
    this.#start();
  }

  /** At once: something was changed in the project, and what is being read may not know it yet. */
  again(): void {
    this.#generation += 1;
    if (this.#running === null && !this.#isClosed) this.#start();
  }

  /** As `again`, until it is done. @throws AppError `unavailable` when it could not be read. */
  async fresh(): Promise<void> {
    this.again();
    await this.#running;
    if (this.#lastFailure !== null) throw new AppError("unavailable", this.#lastFailure);
  }

  #start(): void {
    this.#lastMs = this.#options.now().getTime();
    this.#running = this.#refresh().finally(() => (this.#running = null));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.setHeard(false);
    await this.#running;
  }

  async #refresh(): Promise<void> {
    const { api, store, onChanged, log } = this.#options;
    try {
      let generation: number;
      let rows: SharedRow[];
      do {
        generation = this.#generation;
        rows = await pullShared(api).catch((error: unknown) => {
          if (isWithoutTeams(error)) return [];
          throw error;
        });
      } while (generation !== this.#generation && !this.#isClosed);
      this.#lastFailure = null;
      if (!this.#isClosed && store.replaceShared(rows)) onChanged();
    } catch (error) {
      const failure = error instanceof AppError ? error.message : String(error);
      // Without a network this comes every time: once is enough.
      if (!this.#isClosed && failure !== this.#lastFailure) {
        log("What others share could not be read", { failure });
      }
      this.#lastFailure = failure;
    }
  }
}
