import { DatabaseSync } from "node:sqlite";
import { AppError } from "../../shared/app-error.ts";
import { openStore, type StoreOptions } from "../store/open-store.ts";
import { markAdopted } from "./adopted-mark.ts";

/** Rows that stand for themselves, those that others refer to first. */
const ROWS = [
  "datasets",
  "training_jobs",
  "model_artifacts",
  "cost_records",
  "notifications",
  "exports",
] as const;

/** What belongs to a dataset or a job, by the column that names it. */
const PARTS = [
  ["dataset_imports", "dataset_id"],
  ["dataset_rejections", "dataset_id"],
  ["runs", "job_id"],
  ["job_transitions", "job_id"],
  ["run_timeline", "job_id"],
  ["run_samples", "job_id"],
  ["run_findings", "job_id"],
  ["disk_pauses", "job_id"],
  ["attempt_meters", "job_id"],
  ["attempt_energy", "job_id"],
  ["power_reading", "job_id"],
  ["metrics_series", "job_id"],
] as const;

/** The same of both files may be there: one of them is enough. */
const MEMORIES = ["gpu_history", "dry_runs", "stuck_leases"] as const;

/** Numbered by the file alone, so the rows get new numbers. */
const OWN_NUMBERS: Record<string, string> = { run_samples: "id", metrics_series: "id" };

/** All that rows are taken from; for the test that no table is forgotten. */
export const TAKEN_TABLES: readonly string[] = [
  ...ROWS,
  ...PARTS.map(([table]) => table),
  ...MEMORIES,
  "metrics_blocks",
  "settings",
  "sync_kept_local",
];

/**
 * Moves the local work into the file that an account has already, in one transaction over both:
 * afterwards the rows are in the account's file, and the other is marked as adopted. The outbox of
 * the account fills by its triggers. No one may have either file open.
 *
 * Who is told of notices goes along only where the account has nobody to tell: its own choice stays.
 */
export function bringInLocal(from: string, to: string, log: StoreOptions["log"]): void {
  // Of the same schema, whichever release has written them.
  for (const path of [from, to]) openStore({ path, log }).close();
  const database = new DatabaseSync(to, { timeout: 1000 });
  try {
    database.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    database.prepare("ATTACH ? AS local").run(from);
    database.exec("PRAGMA local.synchronous = FULL");
    for (const schema of ["main", "local"]) useRollbackJournal(database, schema);
    refuseFileOfAccount(database, from);
    database.exec("BEGIN IMMEDIATE");
    moveRows(database);
    markAdopted(database, "local");
    database.exec("COMMIT");
  } finally {
    if (database.isTransaction) database.exec("ROLLBACK");
    database.close();
  }
}

/** With write-ahead logs a transaction over two files is whole in each of them, not in both. */
function useRollbackJournal(database: DatabaseSync, schema: string): void {
  try {
    const row = database.prepare(`PRAGMA ${schema}.journal_mode = DELETE`).get();
    if (row?.["journal_mode"] === "delete") return;
  } catch {
    // Said below.
  }
  throw new AppError(
    "conflict",
    "The local work cannot be taken along now: another program has its database, or the account’s, open. End it, then try again.",
  );
}

function refuseFileOfAccount(database: DatabaseSync, path: string): void {
  if (database.prepare("SELECT 1 FROM local.sync_account").get() === undefined) return;
  throw new AppError(
    "conflict",
    `${path} is an account’s own file and no local work, so nothing of it is taken along. Move it away.`,
  );
}

function moveRows(database: DatabaseSync): void {
  const run = (sql: string, ...values: string[]) => database.prepare(sql).run(...values);
  const isNew = (table: string) => `WHERE id NOT IN (SELECT id FROM main.${table})`;
  const newIds = (table: string) =>
    database.prepare(`SELECT id FROM local.${table} ${isNew(table)}`).all();
  const ids = JSON.stringify(
    [...newIds("datasets"), ...newIds("training_jobs")].map(({ id }) => id),
  );
  const queued = database.prepare("SELECT max(queue_rank) AS rank FROM main.runs").get();

  // Before all others: what is kept local is not put in the outbox.
  run("INSERT OR IGNORE INTO main.sync_kept_local SELECT * FROM local.sync_kept_local");
  for (const table of ROWS) {
    const columns = columnsOf(database, table);
    run(
      `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM local.${table} ${isNew(table)}`,
    );
  }
  for (const [table, parent] of PARTS) {
    const columns = columnsOf(database, table);
    run(
      `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM local.${table}
       WHERE ${parent} IN (SELECT value FROM json_each(?))`,
      ids,
    );
  }
  run(
    `INSERT INTO main.metrics_blocks (series_id, level, block, points, records)
     SELECT t.id, b.level, b.block, b.points, b.records FROM local.metrics_blocks b
     JOIN local.metrics_series s ON s.id = b.series_id
     JOIN main.metrics_series t ON t.job_id = s.job_id
     WHERE s.job_id IN (SELECT value FROM json_each(?))`,
    ids,
  );
  // Behind what waits in the account's own queue.
  run(
    `UPDATE main.runs SET queue_rank = queue_rank + ?
     WHERE job_id IN (SELECT value FROM json_each(?))`,
    String(Number(queued?.["rank"] ?? -1) + 1),
    ids,
  );
  run(
    `INSERT INTO main.settings (id, value)
     SELECT 1, json_object('noticeHooks', json(value -> '$.noticeHooks')) FROM local.settings
     WHERE ${tellsSomebody("value")}
     ON CONFLICT (id) DO UPDATE SET value = json_patch(value, excluded.value)
     WHERE NOT ${tellsSomebody("value")}`,
  );
  for (const table of MEMORIES) {
    const columns = columnsOf(database, table);
    run(`INSERT OR IGNORE INTO main.${table} (${columns}) SELECT ${columns} FROM local.${table}`);
  }
}

const tellsSomebody = (value: string) =>
  `(coalesce(json_array_length(${value}, '$.noticeHooks.webhooks'), 0) > 0
    OR ${value} ->> '$.noticeHooks.command' IS NOT NULL)`;

function columnsOf(database: DatabaseSync, table: string): string {
  return database
    .prepare(`PRAGMA main.table_info(${table})`)
    .all()
    .map(({ name }) => String(name))
    .filter((name) => name !== OWN_NUMBERS[table])
    .join(", ");
}
