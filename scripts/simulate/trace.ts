/** What happened in a schedule, to be shown when it goes wrong. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #now: () => number;
  readonly #isFull: boolean;

  /** @param isFull - With what was sent and answered; else only that it was. */
  constructor(now: () => number, isFull: boolean) {
    this.#now = now;
    this.#isFull = isFull;
  }

  add(what: string, details?: string): void {
    const more = this.#isFull && details !== undefined ? `\n        ${details}` : "";
    this.#lines.push(`${(this.#now() / 1000).toFixed(3).padStart(12)} ${what}${more}`);
  }

  text(): string {
    return this.#lines.join("\n");
  }
}
