import type { Store } from "../store/open-store.ts";

export type KeepableTable = "datasets" | "training_jobs";

/** The marks of what is kept on this machine by choice; in files without an account, too. */
export class KeptLocalStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Before the row itself is written, in the same transaction, nothing of it is ever to be sent. */
  mark(table: KeepableTable, id: string): void {
    this.#store
      .prepare("INSERT OR IGNORE INTO sync_kept_local (table_name, row_id) VALUES (?, ?)")
      .run(table, id);
  }

  unmark(table: KeepableTable, id: string): void {
    this.#store
      .prepare("DELETE FROM sync_kept_local WHERE table_name = ? AND row_id = ?")
      .run(table, id);
  }

  isMarked(table: KeepableTable, id: string): boolean {
    return (
      this.#store
        .prepare("SELECT 1 FROM sync_kept_local WHERE table_name = ? AND row_id = ?")
        .get(table, id) !== undefined
    );
  }
}
