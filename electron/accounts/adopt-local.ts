import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";
import { flushFolder } from "../home/flush-folder.ts";
import type { StoreOptions } from "../store/open-store.ts";
import { accountFolder, databasePath } from "./account-paths.ts";
import type { AccountsFile } from "./accounts-file.ts";
import { isMarkedAdopted } from "./adopted-mark.ts";
import { bringInLocal } from "./bring-in-local.ts";

export interface AdoptionOptions {
  homePath: string;
  now: () => Date;
  log: StoreOptions["log"];
}

/**
 * Gives the local work to an account: its file is moved to the account's place, or, where the
 * account has one already, its rows are moved into that and it is set aside. No one may have either
 * open. Done once; where there is no local work, nothing happens. At every moment the work is in
 * exactly one file that counts.
 */
export function adoptLocal(options: AdoptionOptions, accountId: string): void {
  const { homePath, log } = options;
  const from = databasePath(homePath, null);
  const to = databasePath(homePath, accountId);
  setAsideAdopted(options);
  if (!existsSync(from)) return;
  if (existsSync(to)) {
    bringInLocal(from, to, log);
    setAsideAdopted(options);
    return;
  }
  foldJournal(from);
  const folder = accountFolder(homePath, accountId);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  flushFolder(folder);
  renameSync(from, to);
  flushFolder(folder);
  flushFolder(homePath);
}

/** @returns the account that is to take the local work over. */
export function requireAdoption(activeId: string | null, hasLocalWork: boolean): string {
  if (activeId === null) {
    throw new AppError(
      "conflict",
      "No account is open that the local work could be taken into. Open one, or sign in to one.",
    );
  }
  if (hasLocalWork) return activeId;
  throw new AppError(
    "not_found",
    "There is no local work without an account on this machine: nothing to take along.",
  );
}

/** A file whose rows an account's file has taken over is kept, under a name that nobody opens. */
export function setAsideAdopted({ homePath, now }: Omit<AdoptionOptions, "log">): void {
  const path = databasePath(homePath, null);
  if (!existsSync(path) || !isMarkedAdopted(path)) return;
  foldJournal(path);
  renameSync(path, `${path}.adopted-${now().toISOString().replaceAll(":", "-")}`);
  flushFolder(homePath);
}

/** At the start: ends an adoption that a crash has cut short, or leaves it to the next start. */
export async function finishAdoption(
  options: AdoptionOptions,
  accounts: AccountsFile,
): Promise<void> {
  const { adoptingId } = accounts.list;
  if (adoptingId === null) return;
  try {
    adoptLocal(options, adoptingId);
  } catch (error) {
    options.log("The local work could not be taken along into an account yet", {
      error: String(error),
    });
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
