import type { Store } from "../store/open-store.ts";
import type { TransferRecord } from "./transfer-record.ts";
import { recordOf } from "./transfer-row.ts";

const hasRow = (which: string) => `(t.table_name = 'datasets' AND EXISTS (
    SELECT 1 FROM datasets r WHERE r.id = t.row_id AND ${which})
  OR t.table_name = 'model_artifacts' AND EXISTS (
    SELECT 1 FROM model_artifacts r WHERE r.id = t.row_id AND ${which}))`;
const IS_KEPT = `EXISTS (SELECT 1 FROM sync_rows s WHERE s.table_name = t.table_name
  AND s.row_id = t.row_id AND s.is_kept)`;
/** Of a row `t`: an upload whose row is kept local, deleted or gone: it does not go on. */
export const IS_UNWANTED = `(t.direction = 'upload' AND (${IS_KEPT} OR NOT ${hasRow("r.deleted_at IS NULL")}))`;

/** Uploads that are not to go on, or to be at the project at all. */
export class UnwantedUploadsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Uploads that must not go on, of those that would. */
  stopped(): TransferRecord[] {
    return this.#store
      .prepare(
        `SELECT t.* FROM transfers t
         WHERE t.state NOT IN ('done', 'cancelled') AND ${IS_UNWANTED} ORDER BY t.seq`,
      )
      .all()
      .map(recordOf);
  }

  isUnwanted(id: string): boolean {
    return (
      this.#store.prepare(`SELECT 1 FROM transfers t WHERE t.id = ? AND ${IS_UNWANTED}`).get(id) !==
      undefined
    );
  }

  /**
   * Uploads that the project is to have nothing of any more: at once where their row is kept local;
   * otherwise once the project has heard of the deletion, and only later where it can be taken back.
   */
  toTakeBack(deletedBefore: string): TransferRecord[] {
    return this.#store
      .prepare(
        `SELECT t.* FROM transfers t WHERE ${IS_UNWANTED} AND (${IS_KEPT} OR (
           NOT EXISTS (SELECT 1 FROM sync_outbox o
             WHERE o.table_name = t.table_name AND o.row_id = t.row_id)
           AND NOT (t.state = 'done' AND ${hasRow("r.deleted_at >= ?1")})))
         ORDER BY t.part = 'manifest' DESC, t.seq`,
      )
      .all(deletedBefore)
      .map(recordOf);
  }

  /** Whether the same object is another row's, too. */
  isShared({ bucket, objectName, rowId }: TransferRecord): boolean {
    return (
      this.#store
        .prepare(
          `SELECT 1 FROM transfers t WHERE t.direction = 'upload' AND t.bucket = ?
             AND t.object_name = ? AND t.row_id <> ? AND t.state <> 'cancelled'
             AND NOT ${IS_UNWANTED}`,
        )
        .get(bucket, objectName, rowId) !== undefined
    );
  }

  /** It is not known any more to be at the project; should it be wanted again, it begins anew. */
  setUnstored(id: string): void {
    this.#store
      .prepare(
        `UPDATE transfers SET is_verified = 0, bytes_done = 0,
           state = iif(state = 'done', 'waiting', state) WHERE id = ?`,
      )
      .run(id);
  }
}
