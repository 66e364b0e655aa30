import { type SyncTable, syncTableSchema } from "../../shared/contract/sync.ts";
import type { Workstation } from "./workstation.ts";

/** A file, whoever looks after it. */
type Machine = Pick<Workstation, "store" | "rows">;

/** Rows of the five tables, and those that are gone here while their deletion is on its way. */
export function countableRows(desk: Machine): number {
  const ids = new Set<string>();
  for (const table of syncTableSchema.options) {
    for (const row of desk.rows.all(table)) {
      if (table !== "datasets" || row["status"] !== "importing")
        ids.add(`${table} ${String(row["id"])}`);
    }
  }
  for (const row of desk.store.prepare("SELECT table_name, row_id FROM sync_outbox").all()) {
    ids.add(`${String(row["table_name"])} ${String(row["row_id"])}`);
  }
  return ids.size;
}

/** Rows of which nothing waits and which are not kept local. */
export function quietRows(desk: Machine): { table: SyncTable; id: string }[] {
  const sql = "SELECT table_name, row_id FROM sync_outbox";
  const waiting = new Set(
    desk.store
      .prepare(sql)
      .all()
      .map((row) => String(row["row_id"])),
  );
  const kept = keptRows(desk);
  return syncTableSchema.options.flatMap((table) =>
    desk.rows
      .all(table)
      .filter(
        (row) =>
          !(table === "datasets" && row["status"] === "importing") &&
          !waiting.has(String(row["id"])) &&
          !kept.has(String(row["id"])),
      )
      .map((row) => ({ table, id: String(row["id"]) })),
  );
}

/** Marked rows and what belongs to them. */
export function keptRows(desk: Machine): Set<string> {
  const sql = "SELECT row_id FROM sync_kept_local";
  const kept = new Set(
    desk.store
      .prepare(sql)
      .all()
      .map((row) => String(row["row_id"])),
  );
  const isKept = (value: unknown) => typeof value === "string" && kept.has(value);
  for (const job of desk.rows.all("training_jobs")) {
    if (isKept(job["dataset_id"])) kept.add(String(job["id"]));
  }
  for (const row of desk.rows.all("model_artifacts")) {
    if (isKept(row["job_id"]) || isKept(row["dataset_id"])) kept.add(String(row["id"]));
  }
  for (const row of desk.rows.all("cost_records")) {
    if (isKept(row["job_id"])) kept.add(String(row["id"]));
  }
  for (const row of desk.rows.all("notifications")) {
    if (isKept(String(row["action_url"] ?? "").slice(-36))) kept.add(String(row["id"]));
  }
  return kept;
}
