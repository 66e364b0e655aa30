import { AppError } from "../../shared/app-error.ts";
import type { QuarantinedChange, SyncTable } from "../../shared/contract/sync.ts";
import { whileApplying } from "./merge-row.ts";
import { columnsOf, SYNC_COLUMNS, toLocalValue, toTeamValues } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { type DiscardDeps, discard, wasDone } from "./quarantine-discard.ts";
import { release } from "./quarantine-entry.ts";
import { describeFirst, labelOf, quarantineMessage } from "./quarantine-words.ts";

export interface QuarantineDeps extends DiscardDeps {
  /** A row here was given other values. */
  onEdited: (table: SyncTable, rowId: string, columns: string[]) => void;
}

export function listQuarantined(deps: QuarantineDeps): QuarantinedChange[] {
  return deps.outbox.quarantined().map((entry) => describe(entry, deps));
}

/**
 * Sends a change again, and what waits for it. A change that waits itself is looked at anew, and
 * goes on waiting where its cause is still refused.
 */
export function retryChange(
  opId: string,
  values: Record<string, unknown> | undefined,
  deps: QuarantineDeps,
): void {
  const { table, rowId } = require(opId, deps);
  deps.store.transaction(() => {
    let entry = require(opId, deps);
    if (values !== undefined) {
      applyEdit(entry, values, deps);
      entry = require(opId, deps);
    }
    // With other values it is another change; but what was done already is not done anew by it.
    const isOther = values !== undefined && !wasDone(entry, deps);
    release(isOther ? { ...entry, reason: null } : entry, deps.outbox);
  });
  const columns = Object.keys(values ?? {});
  if (columns.length > 0) deps.onEdited(table, rowId, columns);
}

/** Gives a change up, with what waits for it (see `discard`). */
export function discardChange(opId: string, deps: QuarantineDeps): void {
  const givenBack = deps.store.transaction(() => {
    const rows = discard(require(opId, deps), deps);
    deps.outbox.removeKept();
    return rows;
  });
  for (const { table, rowId, columns } of givenBack) deps.onEdited(table, rowId, columns);
}

export function exportChange(opId: string, deps: QuarantineDeps): string {
  const entry = require(opId, deps);
  const change = describe(entry, deps);
  const row = deps.outbox.row(entry.table, entry.rowId);
  const values = row === null ? null : toTeamValues(entry.table, row, columnsOf(entry.table));
  return `${JSON.stringify({ change, row: values && { id: entry.rowId, ...values } }, null, 2)}\n`;
}

function describe(entry: OutboxEntry, deps: QuarantineDeps): QuarantinedChange {
  const row = deps.outbox.row(entry.table, entry.rowId);
  const columns = entry.action === "insert" ? columnsOf(entry.table) : entry.columns;
  const whole = row === null ? {} : toTeamValues(entry.table, row, columnsOf(entry.table));
  const label = labelOf(
    { ...whole, ...entry.given, ...(row === null ? entry.values : {}) },
    entry.rowId,
  );
  const first = entry.dependsOn === null ? null : deps.outbox.findOperation(entry.dependsOn);
  const firstRow = first === null ? null : deps.outbox.row(first.table, first.rowId);
  const firstWords =
    first === null
      ? null
      : describeFirst({ table: first.table, label: labelOf(firstRow ?? {}, first.rowId) });
  return {
    opId: String(entry.opId),
    table: entry.table,
    rowId: entry.rowId,
    action: entry.action,
    label,
    values: {
      ...(row === null
        ? entry.values
        : Object.fromEntries(columns.map((column) => [column, whole[column]]))),
      ...entry.given,
    } as QuarantinedChange["values"],
    reason: entry.dependsOn === null ? (entry.reason ?? "refused") : "depends_on",
    message: quarantineMessage(entry, label, firstWords),
    dependsOn: entry.dependsOn,
    at: entry.quarantinedAt ?? first?.quarantinedAt ?? deps.now().toISOString(),
  };
}

function require(opId: string, { outbox }: QuarantineDeps): OutboxEntry {
  const entry = outbox.findOperation(opId);
  if (entry === null || (entry.state !== "quarantined" && entry.dependsOn === null)) {
    throw new AppError(
      "not_found",
      "This change needs no attention any more: it was sent, discarded, or its row was deleted.",
    );
  }
  return entry;
}

/** The row here gets the values as well: it is to be what the project has. */
function applyEdit(
  entry: OutboxEntry,
  values: Record<string, unknown>,
  { store, outbox }: QuarantineDeps,
): void {
  const { table, rowId } = entry;
  const unknown = Object.keys(values).find((column) => !(column in SYNC_COLUMNS[table]));
  if (unknown !== undefined) {
    throw new AppError("invalid_input", `${table} has no column ${unknown} that could be edited.`);
  }
  const columns = Object.keys(values);
  if (columns.length === 0) return;
  if (outbox.row(table, rowId) === null) {
    outbox.save({ ...entry, given: { ...entry.given, ...values } });
    return;
  }
  try {
    whileApplying(store, () => {
      store
        .prepare(
          `UPDATE ${table} SET ${columns.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`,
        )
        .run(...columns.map((column) => toLocalValue(table, column, values[column])), rowId);
    });
  } catch (error) {
    throw new AppError("invalid_input", `The row does not take these values: ${String(error)}`, {
      cause: error,
    });
  }
  outbox.save({
    ...entry,
    given: entry.given === null ? null : { ...entry.given, ...values },
    columns: [...new Set([...entry.columns, ...columns])],
  });
}
