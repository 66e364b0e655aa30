import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { databasePath } from "../accounts/account-paths.ts";
import { setAsideAdopted } from "../accounts/adopt-local.ts";
import type { OpenAccounts } from "../accounts/open-accounts.ts";
import type { Log } from "../home/core-log.ts";
import { type MachineSettings, writeMachineSettings } from "../settings/machine-settings.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { enableSync } from "../sync/outbox-adoption.ts";
import type { OpenAccount } from "./open-account.ts";

/**
 * Opens the file of an account, or the one without, and takes the machine's settings along.
 *
 * @throws AppError `conflict` when the file is not the account's.
 */
export function openAccountStore(options: {
  homePath: string;
  accounts: OpenAccounts;
  accountId: string | null;
  settings: MachineSettings | null;
  now: () => Date;
  log: Log;
}): Store {
  const { homePath, accounts, accountId, settings, log } = options;
  if (accountId === null) setAsideAdopted(options);
  const path = databasePath(homePath, accountId);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const store = openStore({ path, log });
  try {
    if (settings !== null) writeMachineSettings(store, settings);
    if (accountId !== null) enableSync(store, accounts.entry(accountId));
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

export function openAccount(accounts: OpenAccounts, accountId: string): OpenAccount {
  return { id: accountId, session: accounts.session(accountId) };
}
