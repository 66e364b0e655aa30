import type { SignedInUser } from "../../scripts/supabase-stack/sign-up-user.ts";
import { newDataset } from "./sample-rows.ts";
import { operation, type Page, pull, push } from "./sync-calls.ts";

export interface Followed {
  /** Rows that the server confirmed, in no order. */
  written: string[];
  /** Rows as they came out of the feed, each as often as it did. */
  seen: string[];
  /** Pages that the reader took while the writers were at work. */
  pagesMeanwhile: number;
  /** Rows that a reader would have missed whose cursor is the number of the newest entry seen. */
  missedByNumber: number;
}

/**
 * Many machines of one user push rows at once, in batches of changing size, while one reader follows
 * the feed from cursor to cursor and never looks back.
 */
export async function followWriters(
  user: SignedInUser,
  { writers, rows }: { writers: number; rows: number },
): Promise<Followed> {
  const written: string[] = [];
  const quota = Math.ceil(rows / writers);
  const write = async (writer: number) => {
    for (let left = quota, round = 0; left > 0; round += 1) {
      // Short transactions beside long ones: an early begin with a late commit is what is missed.
      const size = Math.min(left, [1, 40, 5, 120, 13][(writer + round) % 5] ?? 1);
      const batch = Array.from({ length: size }, () =>
        operation("insert", "datasets", newDataset()),
      );
      const answers = await push(user.client, ...batch);
      written.push(
        ...batch.filter((_, at) => answers[at]?.outcome === "applied").map(({ row_id: id }) => id),
      );
      left -= size;
    }
  };
  const state = { isWriting: true };
  const writing = Promise.all(
    Array.from({ length: writers }, (_, writer) => write(writer)),
  ).finally(() => {
    state.isWriting = false;
  });

  const seen: string[] = [];
  let pagesMeanwhile = 0;
  const follow = async () => {
    for (let cursor: string | null = null; ;) {
      const { isWriting } = state;
      const page: Page = await pull(user.client, cursor, 97);
      seen.push(...page.changes.map(({ row_id: id }) => id));
      cursor = page.cursor;
      if (isWriting) pagesMeanwhile += 1;
      else if (!page.has_more) return;
    }
  };
  const byNumber = new Set<string>();
  const followByNumber = async () => {
    for (let newest = 0; ;) {
      const { isWriting } = state;
      const entries = await entriesAfter(user, newest);
      for (const { row_id: id } of entries) byNumber.add(id);
      newest = entries.at(-1)?.id ?? newest;
      if (!isWriting && entries.length === 0) return;
    }
  };
  await Promise.all([writing, follow(), followByNumber()]);
  return {
    written,
    seen,
    pagesMeanwhile,
    missedByNumber: written.filter((id) => !byNumber.has(id)).length,
  };
}

async function entriesAfter(
  { client }: SignedInUser,
  id: number,
): Promise<{ id: number; row_id: string }[]> {
  const { data, error } = await client
    .from("sync_changes")
    .select("id,row_id")
    .gt("id", id)
    .order("id")
    .limit(97);
  if (error !== null) throw error;
  return data;
}
