/**
 * How long a condition has held without a break, and how long its contrary has. Between the two
 * limits of a hysteresis neither holds. Times are of a clock that is never set.
 */
export class Lasting {
  readonly #gapMs: number;
  #onSinceMs: number | null = null;
  #offSinceMs: number | null = null;
  #seenMs: number | null = null;

  /** @param gapMs samples further apart than this say nothing of the time between them. */
  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  see(atMs: number, isOn: boolean, isOff: boolean): void {
    if (this.#seenMs !== null && atMs - this.#seenMs > this.#gapMs) {
      this.#onSinceMs = null;
      this.#offSinceMs = null;
    }
    this.#seenMs = atMs;
    this.#onSinceMs = isOn ? (this.#onSinceMs ?? atMs) : null;
    this.#offSinceMs = isOff ? (this.#offSinceMs ?? atMs) : null;
  }

  get onMs(): number {
    return lasted(this.#onSinceMs, this.#seenMs);
  }

  get offMs(): number {
    return lasted(this.#offSinceMs, this.#seenMs);
  }
}

function lasted(sinceMs: number | null, untilMs: number | null): number {
  return sinceMs === null || untilMs === null ? 0 : untilMs - sinceMs;
}
