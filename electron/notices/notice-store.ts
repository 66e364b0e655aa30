import { type Notice, noticeSchema } from "../../shared/contract/notifications.ts";
import type { Row, Store } from "../store/open-store.ts";
import type { NoticeDraft } from "./notice-draft.ts";
import { noticeIdOf } from "./notice-id.ts";

/** `notifications`: what was told, once per event. */
export class NoticeStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @returns null when this event was told before. */
  insert(draft: NoticeDraft): Notice | null {
    const { event, metadata, type, title, message, priority, actionUrl, createdAt } = draft;
    const id = noticeIdOf(event);
    const { changes } = this.#store
      .prepare(
        `INSERT INTO notifications (id, type, title, message, priority, action_url, metadata, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      )
      .run(id, type, title, message, priority, actionUrl, JSON.stringify(metadata), createdAt);
    return Number(changes) === 0
      ? null
      : { id, type, title, message, priority, isRead: false, actionUrl, createdAt };
  }

  find(id: string): Notice | null {
    const row = this.#store.prepare("SELECT * FROM notifications WHERE id = ?").get(id);
    return row === undefined ? null : noticeOf(row);
  }

  /** Newest first. */
  list(limit: number): Notice[] {
    return this.#store
      .prepare("SELECT * FROM notifications ORDER BY created_at DESC, rowid DESC LIMIT ?")
      .all(limit)
      .map(noticeOf);
  }

  countUnread(): number {
    const row = this.#store
      .prepare("SELECT count(*) AS count FROM notifications WHERE read = 0")
      .get();
    return Number(row?.["count"] ?? 0);
  }

  /** @param id null: all. */
  markRead(id: string | null): void {
    this.#store
      .prepare("UPDATE notifications SET read = 1 WHERE read = 0 AND (?1 IS NULL OR id = ?1)")
      .run(id);
  }
}

function noticeOf(row: Row): Notice {
  return noticeSchema.parse({
    id: row["id"],
    type: row["type"],
    title: row["title"],
    message: row["message"],
    priority: row["priority"],
    isRead: row["read"] === 1,
    actionUrl: row["action_url"],
    createdAt: row["created_at"],
  });
}
