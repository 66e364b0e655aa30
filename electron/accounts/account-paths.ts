import { readdirSync } from "node:fs";
import { join } from "node:path";

const DATABASE = "lora-desk.db";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/*
 * <home>/
 *   lora-desk.db             local work without an account
 *   accounts.json            which accounts there are, and whose file is open
 *   accounts/<account id>/
 *     lora-desk.db           all that this account has on this machine
 *     session                its tokens
 */
export function accountFolder(homePath: string, accountId: string): string {
  if (!UUID.test(accountId)) throw new Error(`Not an account's id: ${accountId}`);
  return join(homePath, "accounts", accountId);
}

export function databasePath(homePath: string, accountId: string | null): string {
  return join(accountId === null ? homePath : accountFolder(homePath, accountId), DATABASE);
}

export function sessionPath(homePath: string, accountId: string): string {
  return join(accountFolder(homePath, accountId), "session");
}

/** Every database file that there may be, of accounts that are listed or not. */
export function databasePaths(homePath: string): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(join(homePath, "accounts"));
  } catch {
    // Nobody has ever signed in.
  }
  const accounts = names.filter((name) => UUID.test(name));
  return [null, ...accounts].map((accountId) => databasePath(homePath, accountId));
}
