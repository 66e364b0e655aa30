import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import type { MachineSettings } from "../settings/machine-settings.ts";
import type { Workspace } from "./workspace.ts";

export interface Destination {
  /** Null: local work without an account. */
  accountId: string | null;
  /** Throws where the open file must not be closed now: it stays open then. Nothing new is begun. */
  mayClose?: (workspace: Workspace) => void;
  /** Done while no file is open. */
  meanwhile?: () => Promise<void>;
}

type Open = (accountId: string | null, settings: MachineSettings | null) => Promise<Workspace>;

export interface SwitchTimings {
  /** Most requests are answered at once: they are let through before the parts end. */
  letThroughMs: number;
  /** What the end of its part has not ended by then has hung. */
  giveUpMs: number;
}

const TIMINGS: SwitchTimings = { letThroughMs: 1500, giveUpMs: 5000 };

/**
 * Holds the workspace that is open, and puts another in its place.
 *
 *   open ──replace──▶ letting through ──▶ parts closed ──▶ file closed ──▶ open (the other)
 *     ▲                                                        │
 *     └──────────────── the one before, when it cannot be closed or the other cannot be opened
 *
 * Requests that come meanwhile wait, and are answered by the one that is open then.
 */
export class WorkspaceSwitch {
  readonly #open: Open;
  readonly #inFlight = new Set<Promise<unknown>>();
  #current: Workspace | null;
  #accountId: string | null;
  readonly #timings: SwitchTimings;
  /** The last of the changes that are asked for; null when none is under way. */
  #change: Promise<unknown> | null = null;
  #isClosed = false;

  constructor(first: Workspace, open: Open, timings: SwitchTimings = TIMINGS) {
    this.#timings = timings;
    this.#current = first;
    this.#accountId = first.accountId;
    this.#open = open;
  }

  /** Whose file is open, or was last. */
  get accountId(): string | null {
    return this.#accountId;
  }

  /** Works with the open workspace; waits while another takes its place. */
  async use<T>(work: (workspace: Workspace) => T | Promise<T>): Promise<T> {
    while (this.#change !== null) await this.#change;
    const workspace = this.#current;
    if (workspace === null) throw this.#notOpen();
    const working = (async () => work(workspace))();
    const settled = working.then(
      () => undefined,
      () => undefined,
    );
    this.#inFlight.add(settled);
    void settled.then(() => this.#inFlight.delete(settled));
    try {
      return await working;
    } catch (error) {
      // Its file was closed under it: what it says of that is no news to anyone.
      if (workspace === this.#current || error instanceof AppError) throw error;
      throw new AppError(
        "cancelled",
        "Another account was opened before this was done. Ask again there, or go back to the account before.",
        { cause: error },
      );
    }
  }

  /**
   * Closes the open workspace and opens another. When either fails, the one before is opened again
   * and the failure is thrown.
   */
  replace(destination: Destination): Promise<void> {
    const done = (this.#change ?? Promise.resolve()).then(() => this.#replace(destination));
    const change = done
      .catch(() => undefined)
      .then(() => {
        if (this.#change === change) this.#change = null;
      });
    this.#change = change;
    return done;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#change;
    await this.#closeCurrent();
  }

  async #replace({ accountId, mayClose, meanwhile }: Destination): Promise<void> {
    if (this.#isClosed) throw this.#notOpen();
    const before = this.#accountId;
    const settings = this.#current?.machineSettings() ?? null;
    await within(this.#timings.letThroughMs, this.#inFlight);
    if (this.#current !== null) mayClose?.(this.#current);
    try {
      await this.#closeCurrent();
      await meanwhile?.();
      this.#current = await this.#open(accountId, settings);
      this.#accountId = accountId;
    } catch (error) {
      this.#current = await this.#open(before, settings);
      throw error;
    }
  }

  async #closeCurrent(): Promise<void> {
    const workspace = this.#current;
    if (workspace === null) return;
    try {
      await workspace.closeParts();
      await within(this.#timings.giveUpMs, this.#inFlight);
    } finally {
      this.#current = null;
      workspace.closeStore();
    }
  }

  #notOpen(): AppError {
    return new AppError(
      "unavailable",
      this.#isClosed
        ? "LoRA Desk is closing. Start it again."
        : "No file is open: the last one could not be opened again. Start LoRA Desk again; its log says why.",
    );
  }
}

/** Until all have settled, or the time is up. */
async function within(ms: number, working: ReadonlySet<Promise<unknown>>): Promise<void> {
  if (working.size === 0) return;
  const ended = new AbortController();
  await Promise.race([
    Promise.all(working).finally(() => ended.abort()),
    delay(ms, undefined, { signal: ended.signal }).catch(() => undefined),
  ]);
}
