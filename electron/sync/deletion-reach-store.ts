import type { Deletion } from "../../shared/contract/deletion.ts";
import type { Store } from "../store/open-store.ts";

/** What deleting a dataset of this machine does elsewhere. */
export function deletionOfDataset(store: Store, id: string): Deletion {
  return { reach: isSynced(store, "datasets", id) ? "project" : "machine" };
}

/**
 * What deleting a job of this machine does elsewhere. One that was downloaded is another machine's
 * to delete, or another user's; unless it says that it was made on this very machine: such a one
 * was fetched back after its data folder had been lost.
 */
export function deletionOfJob(store: Store, id: string, workstation: string): Deletion {
  const reach = isSynced(store, "training_jobs", id) ? "project" : "machine";
  const madeOn = downloadedFrom(store, id);
  if (madeOn === null || (reach === "project" && madeOn === workstation)) return { reach };
  return { reach: "copy", workstation: madeOn, isInProject: isInProject(store, id) };
}

function isSynced(store: Store, table: "datasets" | "training_jobs", id: string): boolean {
  const sql = `SELECT 1 FROM sync_rows WHERE table_name = ? AND row_id = ? AND NOT is_kept
    AND EXISTS (SELECT 1 FROM sync_account)`;
  return store.prepare(sql).get(table, id) !== undefined;
}

/** Null where it was made here: only then its base model has a folder. */
function downloadedFrom(store: Store, jobId: string): string | null {
  const sql = `SELECT j.workstation FROM training_jobs j JOIN runs r ON r.job_id = j.id
    WHERE j.id = ? AND r.model_path = ''`;
  const row = store.prepare(sql).get(jobId);
  return row === undefined ? null : String(row["workstation"]);
}

function isInProject(store: Store, jobId: string): boolean {
  const sql = `SELECT 1 FROM sync_mirror WHERE table_name = 'training_jobs' AND row_id = ?1
      AND row IS NOT NULL AND NOT is_deleted
    UNION ALL SELECT 1 FROM sync_shared WHERE table_name = 'training_jobs' AND row_id = ?1`;
  return store.prepare(sql).get(jobId) !== undefined;
}
