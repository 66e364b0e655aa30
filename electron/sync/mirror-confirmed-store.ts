import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";

export interface Confirmed {
  /** The feed's entry of this machine's newest operation on the row. */
  version: number | null;
  opId: string | null;
  /** The name and note that this machine last gave it, as the server confirmed. */
  names: Record<string, unknown>;
}

/** `sync_confirmed`: what the server has confirmed of this machine's own operations. */
export class ConfirmedStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(table: SyncTable, rowId: string): Confirmed | null {
    const row = this.#store
      .prepare("SELECT * FROM sync_confirmed WHERE table_name = ? AND row_id = ?")
      .get(table, rowId);
    if (row === undefined) return null;
    return {
      version: row["version"] === null ? null : Number(row["version"]),
      opId: row["op_id"] === null ? null : String(row["op_id"]),
      names: JSON.parse(String(row["names"])) as Record<string, unknown>,
    };
  }

  put(
    table: SyncTable,
    rowId: string,
    version: number | null,
    opId: string | null,
    values: Record<string, unknown>,
  ): void {
    const names = Object.fromEntries(
      ["name", "description"].filter((name) => name in values).map((name) => [name, values[name]]),
    );
    this.#store
      .prepare(
        `INSERT INTO sync_confirmed (table_name, row_id, version, op_id, names)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (table_name, row_id) DO UPDATE SET
           version = max(coalesce(version, 0), coalesce(excluded.version, 0)),
           op_id = excluded.op_id, names = json_patch(names, excluded.names)`,
      )
      .run(table, rowId, version, opId, JSON.stringify(names));
  }

  /** Of a row's names, one that somebody else has replaced is no longer this machine's. */
  forgetName(table: SyncTable, rowId: string, column: string): void {
    this.#store
      .prepare(
        `UPDATE sync_confirmed SET names = json_remove(names, '$.' || ?)
         WHERE table_name = ? AND row_id = ?`,
      )
      .run(column, table, rowId);
  }

  /** The feed's numbers mean nothing in another epoch. */
  forgetVersions(): void {
    this.#store.prepare("UPDATE sync_confirmed SET version = NULL").run();
    this.#store.prepare("UPDATE sync_outbox SET base_version = NULL").run();
  }
}
