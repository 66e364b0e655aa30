/** As many in a row must go through before the size grows again. */
const SUCCESSES_TO_GROW = 4;

/**
 * How much goes into one request: as much as may, until one fails for what may be its size (a slow
 * line, a slow project). Then half of what was in it, down to one; and twice as much again after
 * some that went through.
 */
export class RequestSize {
  readonly most: number;
  #now: number;
  #successes = 0;

  constructor(most: number) {
    this.most = most;
    this.#now = most;
  }

  get now(): number {
    return this.#now;
  }

  get isReduced(): boolean {
    return this.#now < this.most;
  }

  /** Several of the same size that were under way together count once. */
  failed(sent: number): void {
    this.#now = Math.min(this.#now, Math.max(1, Math.floor(sent / 2)));
    this.#successes = 0;
  }

  /** What was much smaller than it might have been says nothing about larger ones. */
  succeeded(sent: number): void {
    if (!this.isReduced || sent * 2 < this.#now) return;
    this.#successes += 1;
    if (this.#successes < SUCCESSES_TO_GROW) return;
    this.#successes = 0;
    this.#now = Math.min(this.most, this.#now * 2);
  }
}
