import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row } from "../store/open-store.ts";
import type { Operation } from "./team-server.ts";

/** A change that the server has not answered for, or has refused. */
export interface OutboxEntry {
  seq: number;
  /** Null until it is first sent, or quarantined. */
  opId: string | null;
  table: SyncTable;
  rowId: string;
  action: Operation["action"];
  columns: string[];
  given: Record<string, unknown> | null;
  values: Record<string, unknown> | null;
  baseVersion: number | null;
  state: "pending" | "sent" | "quarantined";
  attempts: number;
  reason: string | null;
  error: string | null;
  dependsOn: string | null;
  quarantinedAt: string | null;
}

export function entryOf(row: Row): OutboxEntry {
  return {
    seq: Number(row["seq"]),
    opId: textOrNull(row["op_id"]),
    table: row["table_name"] as SyncTable,
    rowId: String(row["row_id"]),
    action: row["action"] as OutboxEntry["action"],
    columns: JSON.parse(String(row["columns"])) as string[],
    given: valuesOf(row["given"]),
    values: valuesOf(row["values"]),
    baseVersion: row["base_version"] === null ? null : Number(row["base_version"]),
    state: row["state"] as OutboxEntry["state"],
    attempts: Number(row["attempts"]),
    reason: textOrNull(row["reason"]),
    error: textOrNull(row["error"]),
    dependsOn: textOrNull(row["depends_on"]),
    quarantinedAt: textOrNull(row["quarantined_at"]),
  };
}

function valuesOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "string" ? (JSON.parse(value) as Record<string, unknown>) : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
