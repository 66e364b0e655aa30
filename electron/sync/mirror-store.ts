import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row, Store } from "../store/open-store.ts";
import type { FeedEntry } from "./team-server.ts";

export interface MirrorRow {
  table: SyncTable;
  rowId: string;
  version: number;
  /** As the API gives it; null where it is gone. */
  row: Record<string, unknown> | null;
}

export interface Cursor {
  cursor: string | null;
  epoch: string | null;
  isRebuilding: boolean;
}

/** `sync_mirror` and `sync_cursor`: the feed as far as it has been read. */
export class MirrorStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  find(table: SyncTable, rowId: string): MirrorRow | null {
    const row = this.#store
      .prepare("SELECT * FROM sync_mirror WHERE table_name = ? AND row_id = ?")
      .get(table, rowId);
    return row === undefined ? null : mirrorRowOf(row);
  }

  put(entry: FeedEntry): void {
    this.#store
      .prepare(
        `INSERT INTO sync_mirror (table_name, row_id, version, row, is_deleted) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (table_name, row_id) DO UPDATE SET version = excluded.version,
           row = excluded.row, is_deleted = excluded.is_deleted`,
      )
      .run(
        entry.table,
        entry.row_id,
        entry.version,
        entry.row === null ? null : JSON.stringify(entry.row),
        entry.row === null || typeof entry.row["deleted_at"] === "string" ? 1 : 0,
      );
  }

  cursor(): Cursor {
    const row = this.#store.prepare("SELECT * FROM sync_cursor").get() ?? {};
    return {
      cursor: typeof row["cursor"] === "string" ? row["cursor"] : null,
      epoch: typeof row["epoch"] === "string" ? row["epoch"] : null,
      isRebuilding: row["is_rebuilding"] === 1,
    };
  }

  setCursor({ cursor, epoch, isRebuilding }: Cursor): void {
    this.#store
      .prepare("UPDATE sync_cursor SET cursor = ?, epoch = ?, is_rebuilding = ?")
      .run(cursor, epoch, isRebuilding ? 1 : 0);
  }

  /** Jobs that are gone stay known until all is read: a restored project may bring them back. */
  clear(): void {
    this.#store
      .prepare("DELETE FROM sync_mirror WHERE table_name <> 'training_jobs' OR row IS NOT NULL")
      .run();
    this.#store.prepare("UPDATE sync_mirror SET version = -1").run();
  }

  /** What stayed known and is not in the feed that was read since. */
  removeUnread(): void {
    this.#store.prepare("DELETE FROM sync_mirror WHERE version = -1").run();
  }

  /** A restored project may have the rows of files, and not the files: they are looked for. */
  doubtUploads(): void {
    this.#store
      .prepare("UPDATE transfers SET is_verified = 0 WHERE direction = 'upload' AND state = 'done'")
      .run();
  }

  /** Local rows that are to be on the server, with what the feed has of each, if anything. */
  *localRows(): Generator<{ table: SyncTable; rowId: string; mirror: MirrorRow | null }> {
    const rows = this.#store
      .prepare(
        `SELECT r.table_name AS t, r.row_id AS id, m.* FROM sync_rows r
         LEFT JOIN sync_mirror m ON m.table_name = r.table_name AND m.row_id = r.row_id
         WHERE NOT r.is_kept ORDER BY r.rank, r.position`,
      )
      .all();
    for (const row of rows) {
      yield {
        table: row["t"] as SyncTable,
        rowId: String(row["id"]),
        mirror: row["version"] === null ? null : mirrorRowOf(row),
      };
    }
  }
}

function mirrorRowOf(row: Row): MirrorRow {
  return {
    table: row["table_name"] as SyncTable,
    rowId: String(row["row_id"]),
    version: Number(row["version"]),
    row:
      typeof row["row"] === "string" ? (JSON.parse(row["row"]) as Record<string, unknown>) : null,
  };
}
