import type { SyncTable } from "../../shared/contract/sync.ts";
import { canonical, columnsOf, isSameValue, REFERENCES } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";

/**
 * Sets a refused operation aside, and joins to it what was changed of its row meanwhile: from then
 * on the row has this one entry, until somebody decides.
 */
export function quarantine(
  entry: OutboxEntry,
  why: { reason: string; error: string | null; dependsOn: string | null },
  { outbox, createId, now }: { outbox: OutboxStore; createId: () => string; now: () => Date },
): void {
  const joined = joinLater(entry, outbox);
  if (joined === null) return;
  outbox.save({
    ...joined,
    opId: joined.opId ?? createId(),
    state: "quarantined",
    ...why,
    quarantinedAt: now().toISOString(),
  });
}

/**
 * Joins to an operation that was not done what was changed of its row meanwhile, so that the row has
 * one open entry.
 *
 * @returns null when the row is gone here: then only its deletion is left.
 */
export function joinLater(entry: OutboxEntry, outbox: OutboxStore): OutboxEntry | null {
  const later = outbox.ofRow(entry.table, entry.rowId).filter(({ seq }) => seq > entry.seq);
  if (later.some(({ action }) => action === "delete")) {
    outbox.remove(entry.seq);
    for (const dependent of entry.opId === null ? [] : outbox.dependents(entry.opId)) {
      outbox.save({ ...dependent, state: "pending", reason: null, error: null, dependsOn: null });
    }
    return null;
  }
  for (const { seq } of later) outbox.remove(seq);
  return {
    ...entry,
    columns: [...new Set([entry.columns, ...later.map(({ columns }) => columns)].flat())],
    given: later.reduce(
      (given, each) => (each.given === null ? given : { ...given, ...each.given }),
      entry.given,
    ),
  };
}

/**
 * Whether a change that was set aside may have been done. One that is not done for certain forgets
 * what was sent (see push-round).
 */
export function mayBeDone({ reason, values }: OutboxEntry): boolean {
  return (reason === "unanswered" || reason === "refused") && values !== null;
}

/**
 * Lets a change go again, with what waits for it. One that may have been done goes as it was, under
 * its number, and what has changed since then goes after it.
 *
 * @param isDone - It is known to have been done, whatever was answered.
 */
export function release(entry: OutboxEntry, outbox: OutboxStore, isDone = false): void {
  const waiting = [entry];
  for (const each of waiting) {
    if (each.opId !== null) waiting.push(...outbox.dependents(each.opId));
    const free = { ...each, reason: null, error: null, dependsOn: null, quarantinedAt: null };
    const { values } = each;
    const goesAsItWas = mayBeDone(each) || (isDone && each === entry);
    if (!goesAsItWas || values === null) {
      outbox.save({ ...free, state: "pending" });
      continue;
    }
    const later = changedSince(each, values, outbox);
    const columns = each.action === "update" ? Object.keys(values) : [];
    const given = each.given === null ? null : values;
    outbox.save({ ...free, state: "sent", columns, given });
    if (later !== null) outbox.add(each.table, each.rowId, "update", later);
  }
}

/** Costs are never changed, and notices only read; a job that they lose is gone at the project, too. */
function changeableOf(table: SyncTable): string[] {
  if (table === "cost_records") return [];
  return table === "notifications" ? ["read"] : columnsOf(table);
}

/** What the row, or where it is not here the change itself, says otherwise than was sent. */
function changedSince(
  { table, rowId, action, columns, given }: OutboxEntry,
  sent: Record<string, unknown>,
  outbox: OutboxStore,
): { columns?: string[]; given?: Record<string, unknown> } | null {
  const row = action === "delete" ? null : outbox.row(table, rowId);
  if (row !== null) {
    const found = (action === "insert" ? changeableOf(table) : columns).filter(
      (column) => !isSameValue(table, column, row[column] ?? null, sent[column]),
    );
    return found.length === 0 ? null : { columns: found };
  }
  const found = Object.entries(given ?? {}).filter(
    ([column, value]) => canonical(value) !== canonical(sent[column]),
  );
  return found.length === 0 ? null : { given: Object.fromEntries(found) };
}

/** The insert, unanswered or refused, of a row that the entry's values name. */
export function insertOfReference(entry: OutboxEntry, outbox: OutboxStore): OutboxEntry | null {
  let waiting: OutboxEntry | null = null;
  for (const [column, table] of Object.entries(REFERENCES)) {
    const id = entry.values?.[column];
    if (typeof id !== "string") continue;
    const insert = outbox.unansweredInsert(table, id);
    if (insert?.state === "quarantined") return insert;
    waiting ??= insert;
  }
  return waiting;
}
