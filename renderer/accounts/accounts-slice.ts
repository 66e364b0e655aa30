import type { Account, Accounts } from "../../shared/contract/sync.ts";
import { LOADING, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";

export type AccountsSlice = {
  readonly accounts: Loadable<Accounts>;
  /** How often another account's file was opened: what was fetched before is another's. */
  readonly openedFiles: number;
};

export const emptyAccountsSlice: AccountsSlice = { accounts: LOADING, openedFiles: 0 };

/**
 * A list of accounts that was asked for. Where another one is open than before, its file was opened
 * while nobody listened.
 */
export function receiveAccounts(slice: AccountsSlice, accounts: Accounts): AccountsSlice {
  const known = slice.accounts.state === "ready" ? slice.accounts.value.activeId : undefined;
  const isOther = known !== undefined && known !== accounts.activeId;
  return { accounts: ready(accounts), openedFiles: slice.openedFiles + (isOther ? 1 : 0) };
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
