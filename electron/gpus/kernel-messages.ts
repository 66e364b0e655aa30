import { closeSync, constants, openSync, readSync } from "node:fs";
import type { KernelLine } from "./kernel-line.ts";

const POLL_MS = 2000;
/** The kernel refuses to read a record into less than its longest (8 kB). */
const BUFFER_BYTES = 16 * 1024;
const MOST_READS_PER_TURN = 500;

/**
 * Polls /dev/kmsg, which gives one record per read. It is opened so that no read ever waits: a read
 * that waits would hold one of Node's few threads, and a program that reads for us (cat, dmesg)
 * would outlive us until the kernel says something.
 *
 * @returns null where this user may not read it.
 */
export function followKernelMessages(
  path: string,
  onLine: (line: KernelLine) => void,
): { close(): void } | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  const buffer = Buffer.alloc(BUFFER_BYTES);
  let timer: NodeJS.Timeout | undefined;
  let isOpen = true;

  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearTimeout(timer);
    closeSync(file);
  };
  /** @returns whether there is nothing more to read for now. */
  const readSome = (): boolean => {
    for (let reads = 0; reads < MOST_READS_PER_TURN; reads += 1) {
      const record = readRecord(file, buffer);
      if (record === "nothing") return true;
      if (record === "broken") {
        close();
        return true;
      }
      for (const line of parseKernelRecords(record)) onLine(line);
      // Who heard a line may have closed the log.
      if (!isOpen) return true;
    }
    return false;
  };
  const turn = (): void => {
    const pauseMs = readSome() ? POLL_MS : 0;
    if (!isOpen) return;
    timer = setTimeout(turn, pauseMs);
    timer.unref();
  };
  timer = setTimeout(turn, 0);
  return { close };
}

function readRecord(file: number, buffer: Buffer): string {
  try {
    const length = readSync(file, buffer);
    return length === 0 ? "nothing" : buffer.toString("utf8", 0, length);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return "nothing";
    // Records were overwritten before we came to them: the next read goes on behind the gap.
    return code === "EPIPE" ? "" : "broken";
  }
}

/** `4,1234,987654321,-;NVRM: …`: priority, number, microseconds, flags; then lines of details. */
export function parseKernelRecords(text: string): KernelLine[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\d+,\d+,(\d{1,15})(?:,[^;]*)?;(.*)$/.exec(line);
    return match === null ? [] : [{ monotonicUs: Number(match[1]), message: match[2] ?? "" }];
  });
}
