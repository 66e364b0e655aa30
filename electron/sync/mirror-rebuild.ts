import type { MergedChange, RowMerger } from "./merge-row.ts";
import type { ConfirmedStore } from "./mirror-confirmed-store.ts";
import type { MirrorRow, MirrorStore } from "./mirror-store.ts";
import { columnsOf, isSameValue } from "./outbox-columns.ts";
import type { OutboxStore } from "./outbox-store.ts";
import type { MetricsPushStore } from "./metrics-push-store.ts";

export interface RebuildDeps {
  mirror: MirrorStore;
  confirmed: ConfirmedStore;
  outbox: OutboxStore;
  metrics: MetricsPushStore;
  merger: RowMerger;
}

/*
 * The project was restored or moved: what it had confirmed may be missing there, and what waits
 * here may be there already.
 *
 *   needs_resync ──▶ begin (mirror and cursor emptied) ──▶ pages ──▶ finish
 *                                 each in a transaction; a crash goes on in between
 */
export function beginRebuild({ mirror, confirmed }: RebuildDeps, epoch: string): void {
  mirror.transaction(() => {
    mirror.clear();
    confirmed.forgetVersions();
    mirror.setCursor({ cursor: null, epoch, isRebuilding: true });
  });
}

/** Puts everything in the outbox that the project has lost, once the whole feed has been read. */
export function finishRebuild(deps: RebuildDeps): MergedChange[] {
  const { mirror, outbox, metrics } = deps;
  return mirror.transaction(() => {
    const merged: MergedChange[] = [];
    for (const { table, rowId, mirror: known } of mirror.localRows()) {
      if (known === null) sendAnew(deps, table, rowId);
      else if (known.row === null) merged.push(...deps.merger.merge(known));
      else merged.push(...compare(deps, known));
    }
    // What was refused for want of a row that is on its way again.
    for (const entry of outbox.quarantined()) {
      if (entry.reason !== "missing_reference" && entry.dependsOn === null) continue;
      outbox.save({ ...entry, state: "pending", reason: null, error: null, dependsOn: null });
    }
    mirror.removeUnread();
    mirror.doubtUploads();
    metrics.addAll();
    mirror.setCursor({ ...mirror.cursor(), isRebuilding: false });
    return merged;
  });
}

function sendAnew({ outbox }: RebuildDeps, table: MirrorRow["table"], rowId: string): void {
  const [first, ...later] = outbox.ofRow(table, rowId);
  if (first === undefined) {
    outbox.add(table, rowId, "insert");
  } else if (first.action === "update") {
    // A change of a row that is not there any more: the whole row takes its place.
    for (const { seq } of later) outbox.remove(seq);
    outbox.save({
      ...first,
      opId: null,
      action: "insert",
      columns: [],
      values: null,
      state: "pending",
      reason: null,
      error: null,
      dependsOn: null,
      quarantinedAt: null,
    });
  }
}

/** What the project gave back from an older time is brought up to what it had confirmed. */
function compare({ outbox, confirmed, merger }: RebuildDeps, known: MirrorRow): MergedChange[] {
  const { table, rowId } = known;
  const local = outbox.row(table, rowId);
  if (local === null || table === "cost_records") return [];
  const own = confirmed.find(table, rowId)?.names ?? {};
  const theirs = new Set(merger.mergedColumns(table, local));
  const outstanding = outbox.outstandingColumns(table, rowId);
  const server = known.row ?? {};
  const lost = columnsOf(table).filter(
    (column) =>
      column !== "desired_state" &&
      !outstanding.has(column) &&
      column in server &&
      !isSameValue(table, column, local[column] ?? null, server[column]) &&
      (!theirs.has(column) ||
        (column in own && own[column] === local[column]) ||
        isOwnMark(column, local[column])),
  );
  if (lost.length > 0) outbox.add(table, rowId, "update", { columns: lost });
  return merger.merge(known);
}

/** A deletion, a file that was stored, a notice that was read: these do not go back. */
function isOwnMark(column: string, local: unknown): boolean {
  if (column === "deleted_at" || column === "storage_path") return local !== null;
  return column === "read" && local === 1;
}
