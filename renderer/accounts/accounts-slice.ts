import type { Account, Accounts } from "../../shared/contract/accounts.ts";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type AccountsSlice = {
  readonly accounts: Loadable<Accounts>;
  /** How often another account's file was opened: what was fetched before is another's. */
  readonly openedFiles: number;
};

export const emptyAccountsSlice: AccountsSlice = { accounts: LOADING, openedFiles: 0 };

/**
 * A list of accounts that was asked for. Where another one is open than before, or the open one has
 * taken the local work over, its file was opened while nobody listened.
 */
export function receiveAccounts(slice: AccountsSlice, accounts: Accounts): AccountsSlice {
  const known = slice.accounts.state === "ready" ? slice.accounts.value : null;
  const isOpened =
    known !== null && (known.activeId !== accounts.activeId || hasAdopted(known, accounts));
  return { accounts: ready(accounts), openedFiles: slice.openedFiles + (isOpened ? 1 : 0) };
}

/** While an account is open nothing else makes the local work less. */
function hasAdopted(before: Accounts, { activeId, local }: Accounts): boolean {
  const isLess = local.datasets < before.local.datasets || local.jobs < before.local.jobs;
  return activeId !== null && isLess;
}

/** Told by the core, it may come before the first list: then nobody knows whose the rest is. */
export function receiveOpenedFile(slice: AccountsSlice, accounts: Accounts): AccountsSlice {
  if (slice.accounts.state === "ready") return receiveAccounts(slice, accounts);
  return { accounts: ready(accounts), openedFiles: slice.openedFiles + 1 };
}

/** The account whose file is open; null for local work without one, and while nobody knows. */
export function activeAccount({ accounts }: AccountsSlice): Account | null {
  if (accounts.state !== "ready") return null;
  const { activeId, accounts: all } = accounts.value;
  return all.find(({ id }) => id === activeId) ?? null;
}
