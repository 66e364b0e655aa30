import type { SyncCounts } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import { notInProject } from "./not-in-project.ts";

const FOREIGN = "user_id IS NOT NULL AND user_id IS NOT (SELECT user_id FROM sync_account)";
/** Rows of colleagues, which came with their adapters, and what was noted here of their jobs. */
const OF_COLLEAGUES = `
  SELECT 'datasets' AS table_name, id AS row_id FROM datasets WHERE ${FOREIGN}
  UNION ALL SELECT 'training_jobs', id FROM training_jobs WHERE ${FOREIGN}
  UNION ALL SELECT 'model_artifacts', id FROM model_artifacts WHERE ${FOREIGN}
  UNION ALL SELECT 'cost_records', c.id FROM cost_records c
    WHERE c.job_id IN (SELECT id FROM training_jobs WHERE ${FOREIGN})
  UNION ALL SELECT 'notifications', n.id FROM notifications n
    WHERE substr(n.action_url, -36) IN (SELECT id FROM training_jobs WHERE ${FOREIGN})`;
const IS_QUIET = `NOT EXISTS (SELECT 1 FROM sync_outbox o
  WHERE o.table_name = r.table_name AND o.row_id = r.row_id)`;

/**
 * How the rows of this file stand to the project's. Each is counted once: a row with a change in
 * the outbox as waiting or as in need of attention, whatever else is true of it; the others as a
 * colleague's, as kept local or as synced. Rows that are gone here but not there yet are in the
 * outbox, too.
 */
export function countRows(store: Store): SyncCounts {
  const rows = count(store, `SELECT count(*) AS count FROM sync_rows r WHERE ${IS_QUIET}`);
  const { keptLocal, ofColleagues } = countKept(store);
  return {
    synced: rows - keptLocal - ofColleagues,
    keptLocal,
    ofColleagues,
    ...notInProject(store),
  };
}

function countKept(store: Store): Pick<SyncCounts, "keptLocal" | "ofColleagues"> {
  // What a row is kept with takes several looks to find out, and mostly nothing is. The rows of
  // colleagues are always marked as kept.
  if (count(store, "SELECT count(*) AS count FROM sync_kept_local") === 0) {
    return { keptLocal: 0, ofColleagues: 0 };
  }
  const ofColleagues = count(
    store,
    `SELECT count(*) AS count FROM (${OF_COLLEAGUES}) r WHERE ${IS_QUIET}`,
  );
  const keptLocal = count(
    store,
    `SELECT count(*) AS count FROM sync_rows r WHERE is_kept AND ${IS_QUIET}
       AND NOT EXISTS (SELECT 1 FROM (${OF_COLLEAGUES}) c
         WHERE c.table_name = r.table_name AND c.row_id = r.row_id)`,
  );
  return { keptLocal, ofColleagues };
}

function count(store: Store, sql: string): number {
  return Number(store.prepare(sql).get()?.["count"]);
}
