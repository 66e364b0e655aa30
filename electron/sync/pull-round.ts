import type { MergedChange } from "./merge-row.ts";
import { beginRebuild, finishRebuild, type RebuildDeps } from "./mirror-rebuild.ts";
import { columnsOf, isSameValue } from "./outbox-columns.ts";
import { release } from "./quarantine-entry.ts";
import type { RequestSize } from "./request-size.ts";
import { type FeedEntry, type FeedPage, ServerFault, type TeamServer } from "./team-server.ts";

export interface PullDeps extends RebuildDeps {
  server: TeamServer;
  workstation: string;
  /** Of entries in a page; stays small after a failure, from one round to the next. */
  entriesAtOnce: RequestSize;
  /** After each page is stored. */
  onPage: (page: { entries: FeedEntry[]; merged: MergedChange[] }) => void;
  /** False: stop before the next page. */
  mayGoOn: () => boolean;
}

const MOST_REBUILDS = 3;

/** Reads the feed to its end. A page and the cursor behind it are stored in one transaction. */
export async function pullAll(deps: PullDeps, signal: AbortSignal): Promise<void> {
  const { mirror } = deps;
  let rebuilds = 0;
  while (deps.mayGoOn()) {
    const before = mirror.cursor();
    const page = await pull(deps, before.cursor, signal);
    signal.throwIfAborted();
    // The first reading ends as one after a restore does: with a look at what is missing there.
    const isRebuilding = before.isRebuilding || before.epoch === null;
    // A feed that is read from its beginning has no cursor to compare: the epoch says it.
    const isOther = before.epoch !== null && page.epoch !== before.epoch && !isRebuilding;
    if (page.needs_resync || isOther) {
      if (++rebuilds > MOST_REBUILDS) {
        throw new ServerFault("busy", "The project's history changes while it is being read.");
      }
      beginRebuild(deps, page.epoch);
      continue;
    }
    if (page.has_more && page.cursor === before.cursor) {
      throw new ServerFault("unreachable", "The project's feed repeats itself.");
    }
    const merged = mirror.transaction(() => {
      const changes = page.changes.flatMap((entry) => takeEntry(deps, entry, isRebuilding));
      mirror.setCursor({ cursor: page.cursor, epoch: page.epoch, isRebuilding });
      if (isRebuilding && !page.has_more) changes.push(...finishRebuild(deps));
      return changes;
    });
    deps.onPage({ entries: page.changes, merged });
    if (!page.has_more) return;
  }
}

async function pull(
  { server, entriesAtOnce: size }: PullDeps,
  since: string | null,
  signal: AbortSignal,
): Promise<FeedPage> {
  const asked = size.now;
  try {
    const page = await server.pullChanges(since, asked, signal);
    size.succeeded(page.changes.length);
    return page;
  } catch (error) {
    if (error instanceof ServerFault && error.isOfRequest) size.failed(asked);
    throw error;
  }
}

function takeEntry(deps: PullDeps, entry: FeedEntry, isRebuilding: boolean): MergedChange[] {
  const { mirror, merger } = deps;
  const isBack =
    isRebuilding && entry.row !== null && mirror.find(entry.table, entry.row_id)?.row === null;
  mirror.put(entry);
  // Deleted before the project was restored to a time when it was there: deletions win.
  if (isBack) deps.outbox.add(entry.table, entry.row_id, "delete");
  const own = entry.op_id === null ? null : deps.outbox.findOperation(entry.op_id);
  // It was done after all, and its repeat will be told so.
  if (own?.state === "quarantined") release(own, deps.outbox, true);
  if (entry.row !== null) {
    // It is there now, so what was refused for want of it may go again.
    for (const refused of deps.outbox.refusedNaming(entry.row_id)) release(refused, deps.outbox);
  }
  // Compared with what is here once everything has been read.
  if (isRebuilding) return [];
  const merged = merger.merge({
    table: entry.table,
    rowId: entry.row_id,
    version: entry.version,
    row: entry.row,
  });
  repair(deps, entry);
  return merged;
}

/**
 * What only this machine says of its jobs can still be put back there by an operation of its own
 * that came late: then it is said again.
 */
function repair({ outbox, confirmed, workstation }: PullDeps, entry: FeedEntry): void {
  const { table, row_id: rowId, row: server } = entry;
  if (table !== "training_jobs" || server === null) return;
  const local = outbox.row(table, rowId);
  if (local === null || local["workstation"] !== workstation) return;
  const own = confirmed.find(table, rowId);
  if (own === null || entry.op_id === own.opId) return;
  const outstanding = outbox.outstandingColumns(table, rowId);
  const columns = columnsOf(table).filter(
    (column) =>
      column !== "name" &&
      column !== "desired_state" &&
      column in server &&
      !outstanding.has(column) &&
      !isSameValue(table, column, local[column] ?? null, server[column]),
  );
  if (columns.length > 0) outbox.add(table, rowId, "update", { columns });
}
