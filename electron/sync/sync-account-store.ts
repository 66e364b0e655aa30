import type { Store } from "../store/open-store.ts";

export interface SyncAccount {
  userId: string;
  projectUrl: string;
  isPaused: boolean;
  lastSyncedAt: string | null;
}

/** `sync_account`: whose file this is. */
export class SyncAccountStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get(): SyncAccount | null {
    const row = this.#store.prepare("SELECT * FROM sync_account").get();
    if (row === undefined) return null;
    return {
      userId: String(row["user_id"]),
      projectUrl: String(row["project_url"]),
      isPaused: row["is_paused"] === 1,
      lastSyncedAt: row["last_synced_at"] === null ? null : String(row["last_synced_at"]),
    };
  }

  create(userId: string, projectUrl: string): void {
    this.#store
      .prepare("INSERT INTO sync_account (id, user_id, project_url) VALUES (1, ?, ?)")
      .run(userId, projectUrl);
  }

  setPaused(isPaused: boolean): void {
    this.#store.prepare("UPDATE sync_account SET is_paused = ?").run(isPaused ? 1 : 0);
  }

  setSynced(at: string): void {
    this.#store.prepare("UPDATE sync_account SET last_synced_at = ?").run(at);
  }
}
