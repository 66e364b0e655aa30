import type { Row, Store } from "../store/open-store.ts";
import { whileApplying } from "./merge-row.ts";
import { columnsOf, toTeamValues } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { OutboxStore } from "./outbox-store.ts";

/**
 * Takes a downloaded job off this machine with its adapters, and the row of its dataset where that
 * is all there is of it. The project hears nothing of it: there it is another machine's. What was
 * changed of it here and is not sent yet goes there all the same.
 */
export function removeCopy(store: Store, jobId: string): void {
  const outbox = new OutboxStore(store);
  whileApplying(store, () => {
    const adapters = store.prepare("SELECT id FROM model_artifacts WHERE job_id = ?").all(jobId);
    for (const { id } of adapters) detach(outbox, "model_artifacts", String(id));
    detach(outbox, "training_jobs", jobId);
    const job = outbox.row("training_jobs", jobId);
    store.prepare("DELETE FROM training_jobs WHERE id = ?").run(jobId);
    if (job !== null) removeBareDataset(store, outbox, String(job["dataset_id"]));
  });
}

/** Changes that wait read the row when they are sent: they take along what it says now. */
function detach(outbox: OutboxStore, table: OutboxEntry["table"], rowId: string): void {
  const row = outbox.row(table, rowId);
  if (row === null) return;
  for (const entry of outbox.ofRow(table, rowId)) {
    if (entry.state !== "sent" && entry.action !== "delete") outbox.save(detached(entry, row));
  }
}

function detached(entry: OutboxEntry, row: Row): OutboxEntry {
  const columns = entry.action === "insert" ? columnsOf(entry.table) : entry.columns;
  const values = toTeamValues(entry.table, row, columns);
  return { ...entry, given: { ...values, ...entry.given } };
}

function removeBareDataset(store: Store, outbox: OutboxStore, id: string): void {
  if (outbox.ofRow("datasets", id).length > 0) return;
  store
    .prepare(
      `DELETE FROM datasets AS d WHERE d.id = ? AND d.status = 'ready' AND d.deleted_at IS NULL
         AND EXISTS (SELECT 1 FROM dataset_imports i WHERE i.dataset_id = d.id
           AND i.file_type IS NULL)
         AND NOT EXISTS (SELECT 1 FROM training_jobs j WHERE j.dataset_id = d.id)
         AND NOT EXISTS (SELECT 1 FROM model_artifacts a WHERE a.dataset_id = d.id)`,
    )
    .run(id);
}
