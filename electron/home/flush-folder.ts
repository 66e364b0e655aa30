import { closeSync, fsyncSync, openSync } from "node:fs";

/** Has what was renamed into or out of a folder outlast a loss of power. */
export function flushFolder(path: string): void {
  if (process.platform === "win32") return; // Windows has no handle of a folder to flush.
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
