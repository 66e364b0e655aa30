const WINDOW_MS = 5000;

/** Bytes per second over the last five seconds. */
export class RateMeter {
  readonly #now: () => number;
  readonly #began: number;
  #samples: { at: number; bytes: number }[] = [];

  /** @param now in milliseconds, of a clock that does not jump. */
  constructor(now: () => number) {
    this.#now = now;
    this.#began = now();
  }

  add(bytes: number): void {
    const at = this.#now();
    const last = this.#samples.at(-1);
    // Thousands of small pieces a second need no entry each.
    if (last !== undefined && at - last.at < 50) last.bytes += bytes;
    else this.#samples.push({ at, bytes });
    this.#forgetBefore(at - WINDOW_MS);
  }

  bytesPerSecond(): number {
    const now = this.#now();
    this.#forgetBefore(now - WINDOW_MS);
    const span = Math.min(WINDOW_MS, now - this.#began);
    const bytes = this.#samples.reduce((sum, sample) => sum + sample.bytes, 0);
    return span <= 0 ? 0 : (bytes / span) * 1000;
  }

  #forgetBefore(at: number): void {
    const first = this.#samples.findIndex((sample) => sample.at >= at);
    this.#samples = first < 0 ? [] : first === 0 ? this.#samples : this.#samples.slice(first);
  }
}
