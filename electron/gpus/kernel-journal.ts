import { execa } from "execa";
import type { KernelLine } from "./kernel-line.ts";
import { splitLines } from "./split-lines.ts";

/** How far back in this boot is looked. */
const LINES_BACK = 2000;

/** Follows the system's journal, which ends by itself when its output is no longer read. */
export function followJournal(
  env: NodeJS.ProcessEnv,
  onLine: (line: KernelLine) => void,
): { close(): void } {
  const closing = new AbortController();
  const args = ["-k", "-b", "-o", "json", "-f", "-n", String(LINES_BACK), "--no-pager"];
  const subprocess = execa("journalctl", args, {
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    stderr: "ignore",
    buffer: false,
    encoding: "buffer",
    cancelSignal: closing.signal,
    forceKillAfterDelay: 500,
  });
  splitLines(subprocess.stdout, (text) => {
    const line = parseJournalLine(text);
    if (line !== null && !closing.signal.aborted) onLine(line);
  });
  // However it ends, there is no more to read; that is no error.
  void subprocess;
  return { close: () => closing.abort() };
}

/** The journal keeps the kernel's own stamp, so that a line is the same by either way. */
export function parseJournalLine(text: string): KernelLine | null {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof entry !== "object" || entry === null) return null;
  const fields = entry as Record<string, unknown>;
  const message = messageOf(fields["MESSAGE"]);
  const stamp = fields["_SOURCE_MONOTONIC_TIMESTAMP"] ?? fields["__MONOTONIC_TIMESTAMP"];
  if (message === null || typeof stamp !== "string" || !/^\d{1,15}$/.test(stamp)) return null;
  return { message, monotonicUs: Number(stamp) };
}

/** What is not plain text comes as a list of bytes. */
function messageOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || !value.every((byte) => Number.isInteger(byte))) return null;
  return Buffer.from(value as number[]).toString("utf8");
}
