import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";

/** The marks of what is kept on this machine; in files without an account, too. */
export class KeptLocalStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Before the row itself is written, in the same transaction, nothing of it is ever to be sent.
   *
   * @returns whether it was not marked yet.
   */
  mark(table: SyncTable, id: string): boolean {
    const { changes } = this.#store
      .prepare("INSERT OR IGNORE INTO sync_kept_local (table_name, row_id) VALUES (?, ?)")
      .run(table, id);
    return Number(changes) > 0;
  }

  unmark(table: SyncTable, id: string): void {
    this.#store
      .prepare("DELETE FROM sync_kept_local WHERE table_name = ? AND row_id = ?")
      .run(table, id);
  }

  isMarked(table: SyncTable, id: string): boolean {
    return (
      this.#store
        .prepare("SELECT 1 FROM sync_kept_local WHERE table_name = ? AND row_id = ?")
        .get(table, id) !== undefined
    );
  }
}
