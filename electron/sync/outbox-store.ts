import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row, Store } from "../store/open-store.ts";
import { columnsOf } from "./outbox-columns.ts";
import { KeptLocalStore } from "./kept-local-store.ts";
import { entryOf, type OutboxEntry } from "./outbox-entry.ts";

/** `sync_outbox`: written by triggers (see the migration), emptied by what the server answers. */
export class OutboxStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  /**
   * The first entry of each row, unless that one is refused: new rows first, those that others refer
   * to before these, then changes in their order.
   */
  sendable(afterSeqs: ReadonlySet<number>, limit: number): OutboxEntry[] {
    const entries: OutboxEntry[] = [];
    const rows = this.#store
      .prepare(
        `SELECT * FROM sync_outbox o WHERE state IN ('pending', 'sent')
           AND NOT EXISTS (SELECT 1 FROM sync_outbox e WHERE e.table_name = o.table_name
             AND e.row_id = o.row_id AND e.seq < o.seq)
         ORDER BY CASE WHEN action <> 'insert' THEN 9 ELSE CASE table_name
           WHEN 'datasets' THEN 0 WHEN 'training_jobs' THEN 1 WHEN 'model_artifacts' THEN 2
           WHEN 'cost_records' THEN 3 ELSE 4 END END, seq
         LIMIT ?`,
      )
      .all(limit + afterSeqs.size);
    for (const row of rows) {
      if (entries.length < limit && !afterSeqs.has(Number(row["seq"]))) entries.push(entryOf(row));
    }
    return entries;
  }

  /** Whether anything is there that does not wait for a person. */
  hasWaiting(): boolean {
    return (
      this.#store
        .prepare(
          "SELECT 1 FROM sync_outbox WHERE state <> 'quarantined' AND depends_on IS NULL LIMIT 1",
        )
        .get() !== undefined
    );
  }

  findOperation(opId: string): OutboxEntry | null {
    const row = this.#store.prepare("SELECT * FROM sync_outbox WHERE op_id = ?").get(opId);
    return row === undefined ? null : entryOf(row);
  }

  ofRow(table: SyncTable, rowId: string): OutboxEntry[] {
    return this.#store
      .prepare("SELECT * FROM sync_outbox WHERE table_name = ? AND row_id = ? ORDER BY seq")
      .all(table, rowId)
      .map(entryOf);
  }

  quarantined(): OutboxEntry[] {
    return this.#store
      .prepare(
        "SELECT * FROM sync_outbox WHERE state = 'quarantined' OR depends_on IS NOT NULL ORDER BY seq",
      )
      .all()
      .map(entryOf);
  }

  dependents(opId: string): OutboxEntry[] {
    return this.#store
      .prepare("SELECT * FROM sync_outbox WHERE depends_on = ? ORDER BY seq")
      .all(opId)
      .map(entryOf);
  }

  /** The insert of a row that the server has not accepted yet. */
  unansweredInsert(table: SyncTable, rowId: string): OutboxEntry | null {
    return this.ofRow(table, rowId).find(({ action }) => action === "insert") ?? null;
  }

  row(table: SyncTable, rowId: string): Row | null {
    return this.#store.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(rowId) ?? null;
  }

  /** Kept local by itself: given up, or gone at the project. */
  isKept(table: SyncTable, rowId: string): boolean {
    return new KeptLocalStore(this.#store).isMarked(table, rowId);
  }

  /** Kept local, by itself or with what it belongs to. */
  isRowKept(table: SyncTable, rowId: string): boolean {
    const row = this.#store
      .prepare("SELECT is_kept FROM sync_rows WHERE table_name = ? AND row_id = ?")
      .get(table, rowId);
    return row?.["is_kept"] === 1;
  }

  /** What was refused for want of a row and names this one. */
  refusedNaming(rowId: string): OutboxEntry[] {
    return this.#store
      .prepare(
        `SELECT * FROM sync_outbox WHERE state = 'quarantined' AND reason = 'missing_reference'
           AND instr("values", ?) > 0 ORDER BY seq`,
      )
      .all(rowId)
      .map(entryOf);
  }

  /** What belongs to a row that was given up is not sent either. */
  removeKept(): void {
    this.#store
      .prepare(
        `DELETE FROM sync_outbox WHERE state <> 'sent' AND action = 'insert' AND EXISTS
           (SELECT 1 FROM sync_rows r WHERE r.table_name = sync_outbox.table_name
             AND r.row_id = sync_outbox.row_id AND r.is_kept)`,
      )
      .run();
  }

  /** A change of a row that this machine does not have, or one that triggers would not see. */
  add(
    table: SyncTable,
    rowId: string,
    action: OutboxEntry["action"],
    more: {
      columns?: readonly string[];
      given?: Record<string, unknown>;
      baseVersion?: number | null;
    } = {},
  ): void {
    const last = this.ofRow(table, rowId).at(-1);
    if (last !== undefined && last.state !== "sent" && last.action !== "delete") {
      this.save({
        ...last,
        columns: [...new Set([...last.columns, ...(more.columns ?? [])])],
        given: more.given === undefined ? last.given : { ...last.given, ...more.given },
      });
      return;
    }
    this.#store
      .prepare(
        `INSERT INTO sync_outbox (table_name, row_id, action, columns, given, base_version)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        table,
        rowId,
        action,
        JSON.stringify(more.columns ?? []),
        more.given === undefined ? null : JSON.stringify(more.given),
        more.baseVersion ?? null,
      );
  }

  save(entry: OutboxEntry): void {
    this.#store
      .prepare(
        `UPDATE sync_outbox SET op_id = ?, action = ?, columns = ?, given = ?, "values" = ?,
           base_version = ?, state = ?, attempts = ?, reason = ?, error = ?, depends_on = ?,
           quarantined_at = ? WHERE seq = ?`,
      )
      .run(
        entry.opId,
        entry.action,
        JSON.stringify(entry.columns),
        entry.given === null ? null : JSON.stringify(entry.given),
        entry.values === null ? null : JSON.stringify(entry.values),
        entry.baseVersion,
        entry.state,
        entry.attempts,
        entry.reason,
        entry.error,
        entry.dependsOn,
        entry.quarantinedAt,
        entry.seq,
      );
  }

  remove(seq: number): void {
    this.#store.prepare("DELETE FROM sync_outbox WHERE seq = ?").run(seq);
  }

  /** Which columns of a row wait to be answered for: what the server says of them is older. */
  outstandingColumns(table: SyncTable, rowId: string): Set<string> {
    const columns = new Set<string>();
    for (const entry of this.ofRow(table, rowId)) {
      const named = entry.action === "insert" ? columnsOf(table) : entry.columns;
      for (const column of named) columns.add(column);
      for (const column of Object.keys(entry.given ?? {})) columns.add(column);
    }
    return columns;
  }

  /** Every row of this file that is to be on the server and is not on its way there. */
  addAllRows(): void {
    this.#store
      .prepare(
        `INSERT INTO sync_outbox (table_name, row_id, action)
         SELECT r.table_name, r.row_id, 'insert' FROM sync_rows r
         WHERE NOT r.is_kept AND NOT EXISTS (SELECT 1 FROM sync_outbox o
           WHERE o.table_name = r.table_name AND o.row_id = r.row_id)
         ORDER BY r.rank, r.position`,
      )
      .run();
  }
}
