import type { Account } from "../../shared/contract/accounts.ts";
import { notInProjectWords } from "../../shared/not-in-project-words.ts";

/** The part of a project's address that tells it from others: its host, without the usual ending. */
export function projectName(url: string): string {
  try {
    return new URL(url).host.replace(/\.supabase\.co$/, "");
  } catch {
    return url;
  }
}

/** What stands in the way of an account, or what waits in its file; null where all is well. */
export function accountTrouble({ isSignedIn, unsynced }: Account): string | null {
  const words = unsynced === null ? null : notInProjectWords(unsynced);
  const missing = words === null ? null : `${words} not in the project yet`;
  const waiting = unsynced === null ? "its file cannot be read" : missing;
  if (isSignedIn) return waiting;
  return waiting === null ? "Signed out" : `Signed out, ${waiting}`;
}
