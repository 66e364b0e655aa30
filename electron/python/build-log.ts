import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import type { Publish } from "../../shared/contract/contract.ts";

const BATCH_MS = 200;
const LONGEST_READ = 512 * 1024;

export interface BuildLog {
  readonly write: (line: string) => void;
  close(): void;
}

/** Begins the log anew. Lines go to the file at once and to listeners a few times a second. */
export function openBuildLog(filePath: string, publish: Publish): BuildLog {
  mkdirSync(path.dirname(filePath), { recursive: true });
  const file = openSync(filePath, "w");
  let batch = "";
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (batch !== "") publish("environment.output", { text: batch });
    batch = "";
  };
  return {
    write(line) {
      const text = `${line}\n`;
      // A log on a full disk must not be what ends the build; the build will say it itself.
      try {
        writeSync(file, text);
      } catch {
        // Listeners still get the line.
      }
      batch += text;
      timer ??= setTimeout(flush, BATCH_MS);
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** The end of the log of the last build; empty when there was none. */
export async function readBuildLog(filePath: string): Promise<string> {
  let file;
  try {
    file = await open(filePath, "r");
  } catch {
    return "";
  }
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - LONGEST_READ);
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(size - start),
      position: start,
    });
    const text = buffer.toString("utf8", 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}
