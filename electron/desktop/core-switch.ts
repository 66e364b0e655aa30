import { AppError } from "../../shared/app-error.ts";
import type { Dispatch } from "../gateway/dispatch.ts";
import type { ChosenFile } from "./chosen-file.ts";
import type { CoreSource } from "./core-source.ts";
import { SwitchingHub } from "./switching-hub.ts";

export interface CoreSwitchParts {
  /** Opens our own core or joins another; called again whenever the joined one has ended. */
  find(signal: AbortSignal): Promise<CoreSource>;
  /** Another core has taken the place of the one before; what the page shows may be out of date. */
  onSwitched(): void;
  /** No core can be had: the app cannot work. */
  onFailed(error: unknown): void;
}

/**
 * What stands between the window and whichever core it works with.
 *
 *   finding ──found──▶ working ──core ended──▶ finding …
 *      └──failed──▶ (onFailed)      └──close──▶ closed
 *
 * Requests made while finding wait for the core.
 */
export class CoreSwitch {
  readonly hub = new SwitchingHub();
  readonly #parts: CoreSwitchParts;
  readonly #closing = new AbortController();
  #current: Promise<CoreSource>;

  constructor(parts: CoreSwitchParts) {
    this.#parts = parts;
    this.#current = this.#find(false);
  }

  readonly dispatch: Dispatch = async (method, params, caller) => {
    let source: CoreSource;
    try {
      source = await this.#current;
    } catch {
      const error = new AppError("unavailable", "LoRA Desk is closing. Start it again.");
      return { ok: false, error: error.toFailure() };
    }
    return source.dispatch(method, params, caller);
  };

  async registerFile(file: ChosenFile): Promise<string> {
    const source = await this.#current;
    return source.registerFile(file);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.hub.use(null);
    const source = await this.#current.catch(() => null);
    await source?.close();
  }

  #find(isAgain: boolean): Promise<CoreSource> {
    const { signal } = this.#closing;
    const found = this.#parts.find(signal);
    found
      .then((source) => this.#work(source, isAgain))
      .catch((error: unknown) => {
        if (!signal.aborted) this.#parts.onFailed(error);
      });
    return found;
  }

  async #work(source: CoreSource, isAgain: boolean): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    this.hub.use(source);
    if (isAgain) this.#parts.onSwitched();
    await source.ended;
    if (signal.aborted) return;
    this.hub.use(null);
    this.#current = this.#find(true);
  }
}
