import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

interface Queries {
  prepare(sql: string): {
    get(...values: string[]): Record<string, unknown> | undefined;
  };
}

/** Reads from a database file that is not the open one, and leaves it as it is. */
export function lookInto<T>(path: string, absent: T, look: (database: Queries) => T): T {
  if (!existsSync(path)) return absent;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  try {
    return look(database);
  } finally {
    database.close();
  }
}

/** Rows whose changes wait in a file or need attention; none where nobody has signed in with it. */
export function unsyncedRows(database: Queries): number {
  if (!hasTable(database, "sync_outbox")) return 0;
  const row = database
    .prepare("SELECT count(*) AS n FROM (SELECT DISTINCT table_name, row_id FROM sync_outbox)")
    .get();
  return Number(row?.["n"] ?? 0);
}

/** Datasets and jobs that a sign-in could take along. */
export function localWork(database: Queries): { datasets: number; jobs: number } {
  if (!hasTable(database, "training_jobs")) return { datasets: 0, jobs: 0 };
  const row = database
    .prepare(
      `SELECT (SELECT count(*) FROM datasets WHERE deleted_at IS NULL) AS datasets,
              (SELECT count(*) FROM training_jobs) AS jobs`,
    )
    .get();
  return { datasets: Number(row?.["datasets"] ?? 0), jobs: Number(row?.["jobs"] ?? 0) };
}

function hasTable(database: Queries, name: string): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
  return database.prepare(sql).get(name) !== undefined;
}
