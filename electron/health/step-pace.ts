import { median } from "./median.ts";

const KEPT = 50;

/** How long a step takes, from the times at which steps were recorded. */
export class StepPace {
  readonly #stepMs: number[] = [];
  #last: { step: number; atMs: number } | null = null;

  add(step: number, atMs: number): void {
    const last = this.#last;
    this.#last = { step, atMs };
    if (last === null || step <= last.step || atMs < last.atMs) return;
    this.#stepMs.push((atMs - last.atMs) / (step - last.step));
    if (this.#stepMs.length > KEPT) this.#stepMs.shift();
  }

  /** A new attempt: what lay between is no step. */
  pause(): void {
    this.#last = null;
  }

  get medianMs(): number | null {
    return median(this.#stepMs);
  }
}
