import type { Store } from "../store/open-store.ts";
import { whileApplying } from "../sync/merge-row.ts";
import type { TransferTable } from "./transfer-record.ts";

/** Rows with files here that the project does not have, and how many files these are. */
export const FILES = `
  SELECT 'datasets' AS table_name, d.id AS row_id, d.created_at, 1 AS files FROM datasets d
  JOIN dataset_imports i ON i.dataset_id = d.id
  WHERE d.status = 'ready' AND d.deleted_at IS NULL AND d.storage_path IS NULL
    AND i.file_type IS NOT NULL
  UNION ALL
  SELECT 'model_artifacts', a.id, a.created_at, json_array_length(a.files) + 1
  FROM model_artifacts a
  WHERE a.deleted_at IS NULL AND a.storage_path IS NULL AND a.files <> '[]'`;

/** Rows with files on this machine, seen from the side of the project's storage. */
export class UnsentRowsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Not stored with the team, not kept local, and never begun: oldest first. Their rows are at the
   * project: until then one may still choose to keep them local.
   */
  list(): { table: TransferTable; rowId: string }[] {
    return this.#store
      .prepare(
        `SELECT f.table_name, f.row_id FROM (${FILES}) f
         WHERE EXISTS (SELECT 1 FROM sync_rows s WHERE s.table_name = f.table_name
             AND s.row_id = f.row_id AND NOT s.is_kept)
           AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.table_name = f.table_name
             AND o.row_id = f.row_id AND o.action = 'insert')
           AND NOT EXISTS (SELECT 1 FROM transfers t WHERE t.direction = 'upload'
             AND t.table_name = f.table_name AND t.row_id = f.row_id)
         ORDER BY f.created_at, f.row_id`,
      )
      .all()
      .map((row) => ({
        table: row["table_name"] as TransferTable,
        rowId: String(row["row_id"]),
      }));
  }

  isKeptLocal(table: TransferTable, id: string): boolean {
    const row = this.#store
      .prepare("SELECT is_kept FROM sync_rows WHERE table_name = ? AND row_id = ?")
      .get(table, id);
    return row?.["is_kept"] === 1;
  }

  isHere(table: TransferTable, id: string): boolean {
    const sql =
      table === "datasets"
        ? "SELECT 1 FROM dataset_imports WHERE dataset_id = ? AND file_type IS NOT NULL"
        : "SELECT 1 FROM model_artifacts WHERE id = ?";
    return this.#store.prepare(sql).get(id) !== undefined;
  }

  storagePath(table: TransferTable, id: string): string | null {
    const row = this.#store.prepare(`SELECT storage_path FROM ${table} WHERE id = ?`).get(id);
    return typeof row?.["storage_path"] === "string" ? row["storage_path"] : null;
  }

  nameOf(table: TransferTable, id: string): string | null {
    const row = this.#store.prepare(`SELECT name FROM ${table} WHERE id = ?`).get(id);
    return row === undefined ? null : String(row["name"]);
  }

  /** The file is not there any more. The project is not told: it has no such row, or a deleted one. */
  clearStoragePath(table: TransferTable, id: string, path: string, at: string): void {
    const more = table === "model_artifacts" ? ", status = 'local'" : "";
    whileApplying(this.#store, () => {
      this.#store
        .prepare(
          `UPDATE ${table} SET storage_path = NULL, updated_at = ?${more}
           WHERE id = ? AND storage_path = ?`,
        )
        .run(at, id, path);
    });
  }

  /** Where a row's file is now; the outbox hears of it in the same transaction. */
  setStoragePath(table: TransferTable, id: string, path: string, at: string): void {
    const more = table === "model_artifacts" ? ", status = 'stored'" : "";
    this.#store
      .prepare(`UPDATE ${table} SET storage_path = ?, updated_at = ?${more} WHERE id = ?`)
      .run(path, at, id);
  }
}
