import { clearLine, cursorTo } from "node:readline";

/** One line that is rewritten where a terminal is at hand, and printed now and then where not. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #intervalMs: number;
  #printedAt = 0;
  #printed = "";

  /** Goes to stderr, so that stdout holds results alone. */
  constructor(stream: NodeJS.WriteStream = process.stderr, intervalMs = 5000) {
    this.#stream = stream;
    this.#intervalMs = intervalMs;
  }

  /** `isMilestone` lines are kept: they are printed even without a terminal, and stay. */
  show(text: string, isMilestone = false): void {
    if (text === this.#printed) return;
    if (this.#stream.isTTY) {
      cursorTo(this.#stream, 0);
      clearLine(this.#stream, 0);
      this.#stream.write(text.slice(0, this.#stream.columns - 1) + (isMilestone ? "\n" : ""));
      this.#printed = text;
      return;
    }
    const isDue = Date.now() - this.#printedAt >= this.#intervalMs;
    if (!isMilestone && !isDue) return;
    this.#stream.write(`${text}\n`);
    this.#printedAt = Date.now();
    this.#printed = text;
  }

  clear(): void {
    if (!this.#stream.isTTY) return;
    cursorTo(this.#stream, 0);
    clearLine(this.#stream, 0);
    this.#printed = "";
  }
}

export function bar(share: number, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
}

/** Columns aligned by the longest cell; the last one is left ragged. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
        )
        .join("  "),
    )
    .join("\n");
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(1)}k` : value.toFixed(0);
}
