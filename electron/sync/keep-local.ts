import { AppError } from "../../shared/app-error.ts";
import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import { KeptLocalStore } from "./kept-local-store.ts";
import { OutboxStore } from "./outbox-store.ts";
import { SyncAccountStore } from "./sync-account-store.ts";

/** What was sent cannot be unsent; what can be done is to delete it. */
type KeepableTable = "datasets" | "training_jobs";

const SENT_ALREADY: Record<KeepableTable, string> = {
  datasets:
    "The dataset, or something that belongs to it, has been sent to the project already. To have it on this computer only, delete it (that deletes it for the project as well, and its file is removed there after 30 days), then import the file again and choose to keep it on this computer.",
  training_jobs:
    "The job, or something that belongs to it, has been sent to the project already. To take it away from there, copy its adapter to a folder of your own, then delete the job: that deletes it for the project as well.",
};

/** What is kept on this machine by choice. Works in files without an account, too. */
export class KeepLocal {
  readonly #store: Store;
  readonly #outbox: OutboxStore;
  readonly #marks: KeptLocalStore;

  constructor(store: Store) {
    this.#store = store;
    this.#marks = new KeptLocalStore(store);
    this.#outbox = new OutboxStore(store);
  }

  list(): { datasets: string[]; jobs: string[]; jobsOfColleagues: string[] } {
    const ids = (table: KeepableTable) =>
      this.#store
        .prepare("SELECT row_id FROM sync_rows WHERE table_name = ? AND is_kept ORDER BY position")
        .all(table)
        .map((row) => String(row["row_id"]));
    const jobsOfColleagues = this.#store
      .prepare(
        `SELECT id FROM training_jobs
         WHERE user_id IS NOT NULL AND user_id IS NOT (SELECT user_id FROM sync_account)`,
      )
      .all()
      .map((row) => String(row["id"]));
    return { datasets: ids("datasets"), jobs: ids("training_jobs"), jobsOfColleagues };
  }

  /** @throws AppError `conflict` when something of it was sent, or its dataset is kept. */
  set(table: KeepableTable, id: string, isKeptLocal: boolean): void {
    const row = this.#outbox.row(table, id);
    if (row === null) {
      throw new AppError("not_found", `There is no such ${nameOf(table)} on this machine.`);
    }
    const account = new SyncAccountStore(this.#store).get();
    if (row["user_id"] !== null && row["user_id"] !== account?.userId) {
      throw new AppError(
        "conflict",
        `This ${nameOf(table)} is a colleague's: it is in the project already, and under their name alone.`,
      );
    }
    this.#store.transaction(() => {
      if (isKeptLocal) this.#keep(table, id);
      else this.#release(table, id, String(row["dataset_id"] ?? ""));
    });
  }

  #keep(table: KeepableTable, id: string): void {
    const before = this.#kept();
    this.#marks.mark(table, id);
    if (new SyncAccountStore(this.#store).get() === null) return;
    for (const [key, { table: keptTable, rowId }] of this.#kept()) {
      if (before.has(key)) continue;
      const entries = this.#outbox.ofRow(keptTable, rowId);
      const [first] = entries;
      const wasSent = first === undefined || first.action !== "insert" || first.attempts > 0;
      if (wasSent) {
        // Thrown inside the transaction, which takes the mark back.
        throw new AppError("conflict", SENT_ALREADY[table]);
      }
      for (const { seq } of entries) this.#outbox.remove(seq);
    }
  }

  #release(table: KeepableTable, id: string, datasetId: string): void {
    if (table === "training_jobs" && this.#marks.isMarked("datasets", datasetId)) {
      throw new AppError(
        "conflict",
        "The job stays local because its dataset does. Let the dataset be synced, then its jobs are.",
      );
    }
    const before = this.#kept();
    this.#marks.unmark(table, id);
    if (table === "training_jobs") this.#releaseParts(id);
    if (new SyncAccountStore(this.#store).get() === null) return;
    const after = this.#kept();
    for (const [key, { table: freed, rowId }] of before) {
      if (!after.has(key) && this.#outbox.ofRow(freed, rowId).length === 0) {
        this.#outbox.add(freed, rowId, "insert");
      }
    }
  }

  /** What was given up together with the job goes with it, too. */
  #releaseParts(jobId: string): void {
    for (const part of ["model_artifacts", "cost_records"]) {
      this.#store
        .prepare(
          `DELETE FROM sync_kept_local WHERE table_name = '${part}'
             AND row_id IN (SELECT id FROM ${part} WHERE job_id = ?)`,
        )
        .run(jobId);
    }
  }

  #kept(): Map<string, { table: SyncTable; rowId: string }> {
    const rows = this.#store
      .prepare("SELECT table_name, row_id FROM sync_rows WHERE is_kept ORDER BY rank, position")
      .all();
    return new Map(
      rows.map((row) => {
        const table = row["table_name"] as SyncTable;
        const rowId = String(row["row_id"]);
        return [`${table} ${rowId}`, { table, rowId }];
      }),
    );
  }
}

function nameOf(table: KeepableTable): string {
  return table === "datasets" ? "dataset" : "job";
}
