import type { z } from "zod";
import type { overwrittenValueSchema, SyncTable } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";

type OverwrittenValue = z.infer<typeof overwrittenValueSchema>;

/** `sync_overwritten`: names and notes that lost against a later one. */
export class OverwrittenStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add(value: {
    table: SyncTable;
    rowId: string;
    column: string;
    lost: unknown;
    kept: unknown;
    at: string;
  }): void {
    this.#store
      .prepare(
        `INSERT INTO sync_overwritten (table_name, row_id, column_name, lost, kept, at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        value.table,
        value.rowId,
        value.column,
        JSON.stringify(value.lost ?? null),
        JSON.stringify(value.kept ?? null),
        value.at,
      );
  }

  /** Newest first. */
  list(): OverwrittenValue[] {
    return this.#store
      .prepare("SELECT * FROM sync_overwritten ORDER BY id DESC LIMIT 500")
      .all()
      .map((row) => ({
        table: row["table_name"] as SyncTable,
        rowId: String(row["row_id"]),
        column: String(row["column_name"]),
        lost: JSON.parse(String(row["lost"])) as OverwrittenValue["lost"],
        kept: JSON.parse(String(row["kept"])) as OverwrittenValue["kept"],
        at: String(row["at"]),
      }));
  }
}
