import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";
import { accountFolder, databasePath } from "./account-paths.ts";
import type { AccountsFile } from "./accounts-file.ts";

/**
 * Gives the local work to an account: its file is moved to the account's place. No one may have it
 * open. Done once; where the account has a file already, or there is no local work, nothing is
 * moved. At every moment there is exactly one of both.
 */
export function adoptLocal(homePath: string, accountId: string): void {
  const from = databasePath(homePath, null);
  const to = databasePath(homePath, accountId);
  if (!existsSync(from) || existsSync(to)) return;
  foldJournal(from);
  const folder = accountFolder(homePath, accountId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(folder);
  renameSync(from, to);
  syncFolder(folder);
  syncFolder(homePath);
}

/** At the start: ends an adoption that a crash has cut short, or leaves it to the next start. */
export async function finishAdoption(
  homePath: string,
  accounts: AccountsFile,
  log: (message: string, details?: Record<string, unknown>) => void,
): Promise<void> {
  const { adoptingId } = accounts.list;
  if (adoptingId === null) return;
  try {
    adoptLocal(homePath, adoptingId);
  } catch (error) {
    log("The local work could not be taken along into an account yet", { error: String(error) });
    return;
  }
  await accounts.change({ adoptingId: null, activeId: adoptingId });
}

/** Brings what stands in the write-ahead log into the file: it would not move along. */
function foldJournal(path: string): void {
  const database = new DatabaseSync(path, { timeout: 1000 });
  try {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
  const left = [`${path}-wal`, `${path}-journal`].find(
    (journal) => (statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 0,
  );
  if (left !== undefined) {
    throw new AppError(
      "conflict",
      `The local work cannot be taken along now: another program has ${path} open. End it, then sign in again.`,
    );
  }
  rmSync(`${path}-wal`, { force: true });
  rmSync(`${path}-shm`, { force: true });
}

function syncFolder(path: string): void {
  if (process.platform === "win32") return; // Windows has no handle of a folder to flush.
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
