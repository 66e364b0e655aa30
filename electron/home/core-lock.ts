import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";

export interface CoreLock {
  release(): void;
}

/** SQLite's result code for a database that another connection has locked. */
const SQLITE_BUSY = 5;

/**
 * One core per data folder. The lock is an exclusive transaction on a file of its own, that is, an
 * advisory lock of the operating system: it ends with the process, however that ends, so there is
 * no stale pid to be fooled by.
 *
 * @returns null when another process holds it.
 */
export function acquireCoreLock(homePath: string): CoreLock | null {
  const path = join(homePath, "core.lock");
  let database: DatabaseSync | undefined;
  try {
    const opened = new DatabaseSync(path, { timeout: 0 });
    database = opened;
    // Without a journal file there is nothing to clean up after a kill.
    opened.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return { release: () => opened.isOpen && opened.close() };
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw new AppError(
      "unavailable",
      `The lock ${path} cannot be taken: ${error instanceof Error ? error.message : String(error)}. Check that the folder is writable and not on a network drive without locking.`,
      { cause: error },
    );
  }
}
