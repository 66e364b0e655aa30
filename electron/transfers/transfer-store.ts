import type { Failure } from "../../shared/contract/errors.ts";
import type { Store } from "../store/open-store.ts";
import { recordOf } from "./transfer-row.ts";
import type { NewTransfer, TransferRecord, TransferState } from "./transfer-record.ts";
import { IS_UNWANTED } from "./unwanted-uploads-store.ts";

const LISTED_AFTER_END_MS = 24 * 60 * 60 * 1000;
const STARTABLE = "('waiting', 'moving', 'verifying')";

/** The row could not be looked at: there is nothing to move yet, only words to show. */
const IS_UNPLANNED = "t.object_name = ''";

/** The transfers of the open account. Those that were given up are kept, but not listed. */
export class TransferStore {
  readonly #store: Store;
  readonly #now: () => Date;

  constructor(store: Store, now: () => Date) {
    this.#store = store;
    this.#now = now;
  }

  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  insert(transfer: NewTransfer, failure: Failure | null = null): void {
    const at = this.#at();
    this.#store
      .prepare(
        `INSERT INTO transfers (id, direction, table_name, row_id, part, file_name, bucket,
           object_name, content_type, sha256, path, stamp, bytes_total, state, error, created_at,
           updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        transfer.id,
        transfer.direction,
        transfer.table,
        transfer.rowId,
        transfer.part,
        transfer.fileName,
        transfer.bucket,
        transfer.objectName,
        transfer.contentType,
        transfer.sha256,
        transfer.path,
        transfer.stamp,
        transfer.bytesTotal,
        failure === null ? "waiting" : "failed",
        failure === null ? null : JSON.stringify(failure),
        at,
        at,
      );
  }

  find(id: string): TransferRecord | null {
    const row = this.#store.prepare("SELECT * FROM transfers WHERE id = ?").get(id);
    return row === undefined ? null : recordOf(row);
  }

  /** Oldest first, without those that were given up, are unwanted, or have been done for a day. */
  list(): TransferRecord[] {
    const recently = new Date(this.#now().getTime() - LISTED_AFTER_END_MS).toISOString();
    return this.#store
      .prepare(
        `SELECT * FROM transfers t
         WHERE (state NOT IN ('cancelled', 'done') OR (state = 'done' AND updated_at > ?))
           AND NOT ${IS_UNWANTED}
         ORDER BY seq`,
      )
      .all(recently)
      .map(recordOf);
  }

  ofRow(direction: string, table: string, rowId: string): TransferRecord[] {
    return this.#store
      .prepare(
        "SELECT * FROM transfers WHERE direction = ? AND table_name = ? AND row_id = ? ORDER BY seq",
      )
      .all(direction, table, rowId)
      .map(recordOf);
  }

  /**
   * Those that may run now: an upload's manifest only after all that it lists; a download's, once it
   * is here, again when all that it lists is.
   */
  startable(): TransferRecord[] {
    return this.#store
      .prepare(
        `SELECT t.* FROM transfers t
         WHERE t.state IN ${STARTABLE} AND NOT ${IS_UNPLANNED} AND NOT ${IS_UNWANTED} AND NOT (
           t.part = 'manifest' AND (t.direction = 'upload' OR t.is_verified = 1) AND EXISTS (
             SELECT 1 FROM transfers f WHERE f.direction = t.direction
               AND f.table_name = t.table_name AND f.row_id = t.row_id
               AND f.part = 'file' AND f.state <> 'done'))
         ORDER BY t.seq`,
      )
      .all()
      .map(recordOf);
  }

  /** Those that have ended, with a file of their own that a crash may have left. */
  withLeftovers(): TransferRecord[] {
    return this.#store
      .prepare(
        `SELECT * FROM transfers WHERE state = 'done'
           AND (part = 'manifest' OR (direction = 'download' AND part = 'only'))`,
      )
      .all()
      .map(recordOf);
  }

  /** An upload that is done, as far as is known: the project was restored since (see `MirrorStore`). */
  firstDoubtful(): TransferRecord | null {
    const row = this.#store
      .prepare(
        `SELECT t.* FROM transfers t WHERE t.direction = 'upload' AND t.state = 'done'
           AND t.is_verified = 0 AND NOT ${IS_UNWANTED} ORDER BY t.seq LIMIT 1`,
      )
      .get();
    return row === undefined ? null : recordOf(row);
  }

  /** What could not be planned is looked at anew. */
  removeUnplanned(): void {
    this.#store
      .prepare(`DELETE FROM transfers AS t WHERE ${IS_UNPLANNED} AND t.state <> 'cancelled'`)
      .run();
  }

  setState(id: string, state: TransferState, error: Failure | null = null): void {
    this.#store
      .prepare("UPDATE transfers SET state = ?, error = ?, updated_at = ? WHERE id = ?")
      .run(state, error === null ? null : JSON.stringify(error), this.#at(), id);
  }

  setUploadUrl(id: string, url: string | null): void {
    this.#store
      .prepare("UPDATE transfers SET upload_url = ?, bytes_done = 0 WHERE id = ?")
      .run(url, id);
  }

  setBytesDone(id: string, bytes: number): void {
    this.#store.prepare("UPDATE transfers SET bytes_done = ? WHERE id = ?").run(bytes, id);
  }

  setVerified(id: string): void {
    this.#store
      .prepare("UPDATE transfers SET is_verified = 1, bytes_done = bytes_total WHERE id = ?")
      .run(id);
  }

  remove(id: string): void {
    this.#store.prepare("DELETE FROM transfers WHERE id = ?").run(id);
  }

  /** An earlier process was at it. */
  setAllWaiting(): void {
    this.#store
      .prepare("UPDATE transfers SET state = 'waiting' WHERE state IN ('moving', 'verifying')")
      .run();
  }

  #at(): string {
    return this.#now().toISOString();
  }
}
