import { type Failure, failureSchema } from "../../shared/contract/errors.ts";
import type { Row, Store } from "../store/open-store.ts";
import type { NewTransfer, TransferRecord, TransferState } from "./transfer-record.ts";

const LISTED_AFTER_END_MS = 24 * 60 * 60 * 1000;
const STARTABLE = "('waiting', 'moving', 'verifying')";

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

  insert(transfer: NewTransfer): void {
    const at = this.#at();
    this.#store
      .prepare(
        `INSERT INTO transfers (id, direction, table_name, row_id, part, file_name, bucket,
           object_name, content_type, sha256, path, stamp, bytes_total, state, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
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
        at,
        at,
      );
  }

  find(id: string): TransferRecord | null {
    const row = this.#store.prepare("SELECT * FROM transfers WHERE id = ?").get(id);
    return row === undefined ? null : recordOf(row);
  }

  /** Oldest first, without those that were given up or have been done for a day. */
  list(): TransferRecord[] {
    const recently = new Date(this.#now().getTime() - LISTED_AFTER_END_MS).toISOString();
    return this.#store
      .prepare(
        `SELECT * FROM transfers
         WHERE state NOT IN ('cancelled', 'done') OR (state = 'done' AND updated_at > ?)
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
        `SELECT t.* FROM transfers t WHERE t.state IN ${STARTABLE} AND NOT (
           t.part = 'manifest' AND (t.direction = 'upload' OR t.is_verified = 1) AND EXISTS (
             SELECT 1 FROM transfers f WHERE f.direction = t.direction
               AND f.table_name = t.table_name AND f.row_id = t.row_id
               AND f.part = 'file' AND f.state <> 'done'))
         ORDER BY t.seq`,
      )
      .all()
      .map(recordOf);
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

function recordOf(row: Row): TransferRecord {
  const error = row["error"];
  return {
    id: String(row["id"]),
    direction: row["direction"] as TransferRecord["direction"],
    table: row["table_name"] as TransferRecord["table"],
    rowId: String(row["row_id"]),
    part: row["part"] as TransferRecord["part"],
    fileName: String(row["file_name"]),
    bucket: row["bucket"] as TransferRecord["bucket"],
    objectName: String(row["object_name"]),
    contentType: String(row["content_type"]),
    sha256: String(row["sha256"]),
    path: String(row["path"]),
    stamp: row["stamp"] === null ? null : String(row["stamp"]),
    bytesTotal: Number(row["bytes_total"]),
    bytesDone: Number(row["bytes_done"]),
    state: row["state"] as TransferState,
    isVerified: row["is_verified"] === 1,
    uploadUrl: row["upload_url"] === null ? null : String(row["upload_url"]),
    error: error === null ? null : failureSchema.parse(JSON.parse(String(error))),
  };
}
