import type { FeedRow, ServerRow } from "./project-data.ts";
import type { ModelProject } from "./model-project.ts";

/** public.pull_changes of supabase/migrations. Its cursor: `<epoch now>/<of the entry>/<xid>/<id>`. */
export function pullChanges(
  project: ModelProject,
  userId: string,
  since: string | null,
  pageSize: number,
): Record<string, unknown> {
  const { epoch, data } = project;
  const size = Math.min(Math.max(pageSize, 1), 1000);
  const place = since?.split("/") ?? [];
  const isKnown = data.feed.some(
    (entry) => [epoch, entry.epoch, entry.xid, entry.id].join("/") === since,
  );
  if (since !== null && !isKnown) {
    return { epoch, cursor: null, changes: [], has_more: false, needs_resync: true };
  }
  const horizon = project.horizon();
  const isSeen = (entry: FeedRow) => entry.epoch !== epoch || entry.xid < horizon;
  const own = data.feed.filter((entry) => entry.userId === userId && isSeen(entry));
  const newest = new Map(own.map((entry) => [`${entry.table} ${entry.rowId}`, entry.id]));
  const wanted = own
    .filter((entry) => newest.get(`${entry.table} ${entry.rowId}`) === entry.id)
    .sort((one, other) => compare(placeOf(epoch, one), placeOf(epoch, other)))
    .filter((entry) => since === null || compare(placeOf(epoch, entry), sinceOf(epoch, place)) > 0);
  const page = wanted.slice(0, size);
  const last = page.at(-1);
  return {
    epoch,
    cursor: last === undefined ? since : [epoch, last.epoch, last.xid, last.id].join("/"),
    changes: page.map((entry) => ({
      version: entry.id,
      op_id: entry.opId,
      table: entry.table,
      row_id: entry.rowId,
      action: entry.action,
      columns: entry.columns,
      previous: entry.previous,
      recorded_at: new Date(0).toISOString(),
      row: visible(project.find(entry.table, entry.rowId, userId)),
    })),
    has_more: wanted.length > size,
    needs_resync: false,
  };
}

/** Entries of former epochs come before those of this one. */
type Place = readonly [isOfNow: number, epoch: string, xid: number, id: number];

function placeOf(now: string, entry: FeedRow): Place {
  return [entry.epoch === now ? 1 : 0, entry.epoch, entry.xid, entry.id];
}

function sinceOf(now: string, place: readonly string[]): Place {
  const [, epoch = "", xid, id] = place;
  return [epoch === now ? 1 : 0, epoch, Number(xid), Number(id)];
}

function compare(one: Place, other: Place): number {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? 0;
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}

function visible(row: ServerRow | undefined): ServerRow | null {
  return row === undefined ? null : structuredClone(row);
}
