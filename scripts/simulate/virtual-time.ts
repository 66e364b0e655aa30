/** Time that passes only when the schedule says so: the next event is always due at once. */
export class VirtualTime {
  #now: number;
  #serial = 0;
  readonly #events = new Map<number, { at: number; run: () => void }>();
  readonly #outside = new Set<Promise<unknown>>();

  constructor(now: number) {
    this.#now = now;
  }

  readonly now = (): number => this.#now;

  /** @returns what takes the event back. */
  after(delayMs: number, run: () => void): () => void {
    const serial = this.#serial++;
    this.#events.set(serial, { at: this.#now + Math.max(0, delayMs), run });
    return () => this.#events.delete(serial);
  }

  /** Resolves when the time is over, or at once when the signal is aborted. */
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const cancel = this.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        resolve();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });

  /** Lets the next event happen and everything that follows from it at the same instant. */
  async step(): Promise<void> {
    let next: { serial: number; at: number; run: () => void } | null = null;
    for (const [serial, event] of this.#events) {
      if (next === null || event.at < next.at) next = { serial, ...event };
    }
    if (next === null) throw new Error("Nothing is going to happen any more.");
    this.#events.delete(next.serial);
    this.#now = next.at;
    next.run();
    await this.rest();
  }

  /** Time stands still until that is over: it happens outside, in another time. */
  hold(work: Promise<unknown>): void {
    this.#outside.add(work);
    void work.finally(() => this.#outside.delete(work));
  }

  /** Until every promise that can be kept without an event has been kept. */
  async rest(): Promise<void> {
    await settle();
    while (this.#outside.size > 0) {
      await Promise.allSettled(this.#outside);
      await settle();
    }
  }
}

/** Two turns of the loop, in which whatever waits for nothing outside is done. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
