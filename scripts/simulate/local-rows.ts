import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row, Store } from "../../electron/store/open-store.ts";
import { whileApplying } from "../../electron/sync/merge-row.ts";
import { columnsOf, toLocalValue } from "../../electron/sync/outbox-columns.ts";
import type { Journal } from "./journal.ts";

type Values = Record<string, string | number | null>;

/** Writes rows as the app's own stores do: plain SQL in the file of the account. */
export class LocalRows {
  readonly store: Store;
  readonly #name: string;
  readonly #journal: Journal;
  readonly #now: () => number;

  constructor(store: Store, name: string, journal: Journal, now: () => number) {
    this.store = store;
    this.#name = name;
    this.#journal = journal;
    this.#now = now;
  }

  all(table: SyncTable, where = "1"): Row[] {
    return this.store.prepare(`SELECT * FROM ${table} WHERE ${where} ORDER BY id`).all();
  }

  find(table: SyncTable, id: string): Row | undefined {
    return this.store.prepare(`SELECT * FROM ${table} WHERE id = ?`).get(id);
  }

  insert(table: SyncTable, id: string, values: Values, userId: string): void {
    this.#write(table, { id, ...values });
    this.#journal.makers.set(id, { by: this.#name, userId, table });
    this.#note(table, id, values);
  }

  update(table: SyncTable, id: string, values: Values): void {
    const hasTime = table !== "cost_records" && table !== "notifications";
    const given = hasTime ? { ...values, updated_at: this.time() } : values;
    const names = Object.keys(given).map((name) => `${name} = ?`);
    this.store
      .prepare(`UPDATE ${table} SET ${names.join(", ")} WHERE id = ?`)
      .run(...Object.values(given), id);
    this.#note(table, id, values);
    if (typeof values["deleted_at"] !== "string") return;
    this.#journal.deleted.add(id);
    this.#journal.softDeletions.push({ by: this.#name, table, rowId: id });
  }

  deleteJob(id: string): void {
    const costs = this.all("cost_records", `job_id = '${id}'`);
    for (const artifact of this.all("model_artifacts", `job_id = '${id}'`)) {
      this.#journal.deleted.add(String(artifact["id"]));
      this.#journal.countChange(this.#name, String(artifact["id"]));
    }
    this.store.prepare("DELETE FROM training_jobs WHERE id = ?").run(id);
    this.#journal.deleted.add(id);
    this.#journal.countChange(this.#name, id);
    for (const cost of costs) this.#journal.countChange(this.#name, String(cost["id"]));
  }

  /** A row of the project that this machine gets as if it had made it. */
  adopt(table: SyncTable, row: Record<string, unknown>): void {
    const id = String(row["id"]);
    if (this.find(table, id) !== undefined) return;
    const values = Object.fromEntries(
      columnsOf(table).map((column) => [column, toLocalValue(table, column, row[column])]),
    );
    whileApplying(this.store, () => {
      const updatedAt = toLocalValue(table, "created_at", row["updated_at"]);
      this.#write(table, { id, ...values, updated_at: updatedAt });
    });
  }

  time(): string {
    return new Date(this.#now()).toISOString();
  }

  #write(table: SyncTable, values: Values): void {
    const names = Object.keys(values);
    this.store
      .prepare(
        `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      )
      .run(...Object.values(values));
  }

  #note(table: SyncTable, rowId: string, values: Values): void {
    this.#journal.countChange(this.#name, rowId);
    for (const column of ["name", "description"]) {
      const value = values[column];
      if (typeof value !== "string" || value === "") continue;
      const at = this.#now();
      this.#journal.names.push({ by: this.#name, table, rowId, column, value, at });
    }
  }
}
