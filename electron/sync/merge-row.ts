import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row, Store } from "../store/open-store.ts";
import { KeptLocalStore } from "./kept-local-store.ts";
import type { OverwrittenStore } from "./merge-overwritten-store.ts";
import type { ConfirmedStore } from "./mirror-confirmed-store.ts";
import type { MirrorRow } from "./mirror-store.ts";
import { columnsOf, isSameValue, localTime, toLocalValue } from "./outbox-columns.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** A row of this machine that somebody else has changed. */
export interface MergedChange {
  table: SyncTable;
  rowId: string;
  columns: string[];
  /** It is gone at the project. What is here stays, and is kept local from now on. */
  isGone: boolean;
}

export interface RowMergerDeps {
  store: Store;
  outbox: OutboxStore;
  confirmed: ConfirmedStore;
  overwritten: OverwrittenStore;
  workstation: string;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Brings what the server says of a row onto the row that this machine has, except for what waits in
 * the outbox: that is later, and becomes the server's.
 */
export class RowMerger {
  readonly #deps: RowMergerDeps;

  constructor(deps: RowMergerDeps) {
    this.#deps = deps;
  }

  /** Inside the transaction that stores the mirror's row. */
  merge(mirror: MirrorRow): MergedChange[] {
    const { outbox } = this.#deps;
    const { table, rowId } = mirror;
    const local = outbox.row(table, rowId);
    if (local === null) return [];
    if (mirror.row === null) return this.#keep(mirror);
    const server = mirror.row;
    const outstanding = outbox.outstandingColumns(table, rowId);
    const columns = this.mergedColumns(table, local).filter(
      (column) =>
        column in server &&
        !outstanding.has(column) &&
        isMergeable(table, column, server[column], local) &&
        !isSameValue(table, column, local[column] ?? null, server[column]),
    );
    if (columns.length === 0) return [];
    const values = columns.map((column) => toLocalValue(table, column, server[column]));
    try {
      this.#write(mirror, columns, values);
    } catch (error) {
      // A newer release may have given it a value that this one does not know.
      this.#deps.log("A row from the project does not fit here", { table, error: String(error) });
      return [];
    }
    this.#noteLost(mirror, local, columns);
    return [{ table, rowId, columns, isGone: false }];
  }

  /** Columns in which the server's word counts. The rest is this machine's own to say. */
  mergedColumns(table: SyncTable, local: Row): string[] {
    switch (table) {
      case "cost_records":
        return [];
      case "notifications":
        return ["read"];
      case "training_jobs":
        return local["workstation"] === this.#deps.workstation ? ["name"] : columnsOf(table);
      default:
        return columnsOf(table);
    }
  }

  #write({ table, rowId, row }: MirrorRow, columns: string[], values: (string | number | null)[]) {
    const hasTime = typeof row?.["updated_at"] === "string";
    const names = hasTime ? [...columns, "updated_at"] : columns;
    const given = hasTime ? [...values, localTime(String(row["updated_at"]))] : values;
    whileApplying(this.#deps.store, () => {
      this.#deps.store
        .prepare(
          `UPDATE ${table} SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`,
        )
        .run(...given, rowId);
    });
  }

  #noteLost({ table, rowId, row }: MirrorRow, local: Row, columns: string[]): void {
    const { confirmed, overwritten, now } = this.#deps;
    const own = confirmed.find(table, rowId)?.names ?? {};
    for (const column of columns) {
      if (!(column in own)) continue;
      confirmed.forgetName(table, rowId, column);
      if (own[column] !== local[column]) continue;
      const at = now().toISOString();
      overwritten.add({ table, rowId, column, lost: local[column], kept: row?.[column], at });
    }
  }

  #keep({ table, rowId }: MirrorRow): MergedChange[] {
    if (table === "cost_records" || table === "notifications") return [];
    const isNew = new KeptLocalStore(this.#deps.store).mark(table, rowId);
    return isNew ? [{ table, rowId, columns: [], isGone: true }] : [];
  }
}

function isMergeable(table: SyncTable, column: string, server: unknown, local: Row): boolean {
  // What was read stays read; nothing is being imported here because it is elsewhere.
  if (table === "notifications" && column === "read") return server === true;
  if (table === "datasets" && column === "status") {
    return server !== "importing" && local["status"] !== "importing";
  }
  return true;
}

/** What is written in `work` came from the server: it does not go back there. */
export function whileApplying(store: Store, work: () => void): void {
  store.transaction(() => {
    store.prepare("INSERT OR IGNORE INTO sync_applying (id) VALUES (1)").run();
    try {
      work();
    } finally {
      store.prepare("DELETE FROM sync_applying").run();
    }
  });
}
