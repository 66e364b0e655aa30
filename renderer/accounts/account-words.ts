import type { Account, Accounts } from "../../shared/contract/sync.ts";
import { notInProjectWords } from "../../shared/not-in-project-words.ts";
import { formatCountOf } from "../format/numbers.ts";

/** The part of a project's address that tells it from others: its host, without the usual ending. */
export function projectName(url: string): string {
  try {
    return new URL(url).host.replace(/\.supabase\.co$/, "");
  } catch {
    return url;
  }
}

/** "2 datasets and 1 job"; null where there is nothing. */
export function localWorkWords({ datasets, jobs }: Accounts["local"]): string | null {
  const parts = [
    ...(datasets > 0 ? [formatCountOf(datasets, "dataset")] : []),
    ...(jobs > 0 ? [formatCountOf(jobs, "job")] : []),
  ];
  return parts.length === 0 ? null : parts.join(" and ");
}

/** What stands in the way of an account, or what waits in its file; null where all is well. */
export function accountTrouble({ isSignedIn, unsynced }: Account): string | null {
  const words = unsynced === null ? null : notInProjectWords(unsynced);
  const missing = words === null ? null : `${words} not in the project yet`;
  const waiting = unsynced === null ? "its file cannot be read" : missing;
  if (isSignedIn) return waiting;
  return waiting === null ? "Signed out" : `Signed out, ${waiting}`;
}
