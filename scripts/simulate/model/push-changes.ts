import type { SyncTable } from "../../../shared/contract/sync.ts";
import { isNow, tables } from "./columns.ts";
import { DatabaseError } from "./database-error.ts";
import { isSame, type ModelProject } from "./model-project.ts";
import type { ServerRow } from "./project-data.ts";
import { refusalOf } from "./refusal.ts";
import { storedTime, storedValue } from "./stored-value.ts";

/** An operation as it arrives: nothing about it is certain yet. */
export type Change = Record<string, unknown>;
export type ModelAnswer = Record<string, unknown>;

const ACTIONS = ["insert", "update", "delete"];
const NEVER_WRITTEN = ["id", "user_id", "updated_at"];

/** public.push_changes of supabase/migrations, statement by statement. */
export function pushChanges(
  project: ModelProject,
  userId: string,
  changes: unknown,
): ModelAnswer[] {
  if (!Array.isArray(changes) || changes.length > 500) {
    throw new DatabaseError("22023", "changes must be a list of at most 500 operations");
  }
  return changes.map((change: Change) => applyChange(project, userId, change));
}

function applyChange(project: ModelProject, userId: string, change: Change): ModelAnswer {
  const table = change["table"] as SyncTable;
  const action = change["action"] as string;
  const opId = change["op_id"] as string;
  const given = valuesOf(change);
  if (!opId || !change["row_id"] || !ACTIONS.includes(action) || given === null) {
    return rejection(change, "invalid_operation", "An operation has op_id, table, row_id, …");
  }
  if (!Object.hasOwn(tables, table)) {
    return rejection(change, "unknown_table", `There is no table ${table} to sync`);
  }
  const known = project.data.feed.find((one) => one.userId === userId && one.opId === opId);
  if (known !== undefined) return answer(change, "duplicate", { version: known.id });

  const rowId = change["row_id"] as string;
  const present = project.find(table, rowId, userId);
  const reason = refusalOf(project, userId, change, present, given);
  if (reason !== null) {
    if (reason === "deleted" && action === "delete") return answer(change, "duplicate", {});
    return rejection(change, reason, `Refused: ${reason}`);
  }
  const isAppended = table === "cost_records" || table === "notifications";
  if (action === "insert" && present !== undefined && isAppended) {
    return answer(change, "duplicate", {});
  }
  const lost =
    "base_version" in change && action !== "delete" && present !== undefined
      ? overwrittenBy(project, change, given, present)
      : null;
  try {
    const operation = { opId, table, rowId };
    if (action === "delete") {
      if (table === "training_jobs") project.deleteJob(present as ServerRow, operation);
      else softDelete(project, table, present as ServerRow, operation);
    } else if (present === undefined) {
      const row = newRow(project, table, rowId, userId, given);
      // It is there, and belongs to somebody else.
      if (project.data.rows[table].has(rowId)) {
        return rejection(change, "not_permitted", `The row of ${table} may not be written`);
      }
      project.insert(table, row, operation);
    } else {
      project.update(table, present, changedValues(project, table, present, given), operation);
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { ...rejection(change, reasonOf(error), error.message), sqlstate: error.sqlstate };
  }
  const version = project.data.feed.find((one) => one.userId === userId && one.opId === opId)?.id;
  return answer(change, "applied", lost === null ? { version } : { version, overwrote: lost });
}

function softDelete(
  project: ModelProject,
  table: Exclude<SyncTable, "training_jobs">,
  present: ServerRow,
  operation: { opId: string; table: SyncTable; rowId: string },
): void {
  const now = storedTime(new Date(project.now()).toISOString());
  const deletedAt = present["deleted_at"] ?? now;
  project.update(table, present, { deleted_at: deletedAt, updated_at: now }, operation);
}

function newRow(
  project: ModelProject,
  table: SyncTable,
  id: string,
  userId: string,
  given: Record<string, unknown>,
): ServerRow {
  const row: ServerRow = { id, user_id: userId };
  const now = storedTime(new Date(project.now()).toISOString());
  for (const [key, column] of Object.entries(tables[table])) {
    if (Object.hasOwn(given, key) && !NEVER_WRITTEN.includes(key)) {
      row[key] = storedValue(column, given[key]);
    } else {
      row[key] = isNow(column.fallback) ? now : (column.fallback ?? null);
    }
  }
  check(table, row);
  return row;
}

function changedValues(
  project: ModelProject,
  table: SyncTable,
  present: ServerRow,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, column] of Object.entries(tables[table])) {
    if (!Object.hasOwn(given, key) || NEVER_WRITTEN.includes(key)) continue;
    values[key] = storedValue(column, given[key]);
  }
  check(table, { ...present, ...values });
  // The policy of an update: what has been read stays read.
  if (table === "notifications" && !(values["read"] ?? present["read"])) {
    throw new DatabaseError("42501", "new row violates row-level security policy");
  }
  const hasTime = table !== "cost_records" && table !== "notifications";
  if (hasTime) values["updated_at"] = storedTime(new Date(project.now()).toISOString());
  return values;
}

function check(table: SyncTable, row: Record<string, unknown>): void {
  for (const [key, column] of Object.entries(tables[table])) {
    const value = row[key];
    if (value === null && column.isRequired) {
      throw new DatabaseError("23502", `null value in column "${key}"`);
    }
    if (value !== null && column.accepts?.(value) === false) {
      throw new DatabaseError("23514", `new row violates check constraint "${table}_${key}_check"`);
    }
  }
}

function overwrittenBy(
  project: ModelProject,
  change: Change,
  given: Record<string, unknown>,
  present: ServerRow,
): Record<string, unknown> | null {
  const lost = Object.keys(given).filter(
    (key) =>
      (key === "name" || key === "description") &&
      !isSame(present[key], given[key]) &&
      project.data.feed.some(
        (entry) =>
          entry.table === change["table"] &&
          entry.rowId === change["row_id"] &&
          entry.userId === present.user_id &&
          entry.id > Number(change["base_version"]) &&
          entry.columns.includes(key),
      ),
  );
  return lost.length === 0 ? null : Object.fromEntries(lost.map((key) => [key, present[key]]));
}

function valuesOf(change: Change): Record<string, unknown> | null {
  const given = change["values"] === undefined ? {} : change["values"];
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  return isObject ? (given as Record<string, unknown>) : null;
}

export function reasonOf({ sqlstate }: DatabaseError): string {
  if (sqlstate === "23503") return "missing_reference";
  if (sqlstate === "42501") return "not_permitted";
  if (sqlstate.startsWith("23")) return "constraint";
  return sqlstate.startsWith("22") ? "invalid_value" : "invalid_operation";
}

function answer(change: Change, outcome: string, more: Record<string, unknown>): ModelAnswer {
  return { op_id: change["op_id"], outcome, ...more };
}

function rejection(change: Change, reason: string, message: string): ModelAnswer {
  return answer(change, "rejected", { reason, message });
}
