import type { Store } from "../store/open-store.ts";

export interface DueDelivery {
  noticeId: string;
  hookId: string;
  /** How often it was tried before. */
  tries: number;
}

/**
 * `notice_deliveries`: which hook is still to hear of which notice. Written with the notice, so
 * that a core that ends in between tells later; a try is counted before it is made.
 */
export class DeliveryStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(noticeId: string, hookId: string, dueAt: string): void {
    this.#store
      .prepare("INSERT INTO notice_deliveries (notice_id, hook_id, due_at) VALUES (?, ?, ?)")
      .run(noticeId, hookId, dueAt);
  }

  /** In the order in which the notices were made. */
  listDue(now: string): DueDelivery[] {
    return this.#store
      .prepare(
        `SELECT notice_id, hook_id, tries FROM notice_deliveries
         WHERE state = 'waiting' AND due_at <= ? ORDER BY rowid`,
      )
      .all(now)
      .map((row) => ({
        noticeId: String(row["notice_id"]),
        hookId: String(row["hook_id"]),
        tries: Number(row["tries"]),
      }));
  }

  nextDueAt(): string | null {
    const row = this.#store
      .prepare("SELECT min(due_at) AS due_at FROM notice_deliveries WHERE state = 'waiting'")
      .get();
    return typeof row?.["due_at"] === "string" ? row["due_at"] : null;
  }

  /** @param dueAt when it is tried again unless it is settled by then. */
  countTry({ noticeId, hookId }: DueDelivery, dueAt: string): void {
    this.#store
      .prepare(
        "UPDATE notice_deliveries SET tries = tries + 1, due_at = ? WHERE notice_id = ? AND hook_id = ?",
      )
      .run(dueAt, noticeId, hookId);
  }

  /** @param problem what the last try met with; never an address. */
  settle(
    { noticeId, hookId }: DueDelivery,
    end: { state: "waiting" | "delivered" | "given_up"; at: string; problem: string | null },
  ): void {
    this.#store
      .prepare(
        `UPDATE notice_deliveries SET state = ?, settled_at = ?, problem = ?
         WHERE notice_id = ? AND hook_id = ?`,
      )
      .run(end.state, end.state === "waiting" ? null : end.at, end.problem, noticeId, hookId);
  }
}
