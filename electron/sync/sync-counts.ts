import type { SyncCounts } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";

/**
 * How the rows of this file stand to the project's. Each is counted once: a row with a change in
 * the outbox as waiting or as in need of attention, whatever else is true of it; the others as kept
 * local or as synced. Rows that are gone here but not there yet are in the outbox, too.
 */
export function countRows(store: Store): SyncCounts {
  const outbox = store
    .prepare(
      `SELECT count(*) AS changed, coalesce(sum(refused), 0) AS attention FROM (
         SELECT max(state = 'quarantined' OR depends_on IS NOT NULL) AS refused
         FROM sync_outbox GROUP BY table_name, row_id)`,
    )
    .get();
  const isQuiet = `NOT EXISTS (SELECT 1 FROM sync_outbox o
    WHERE o.table_name = r.table_name AND o.row_id = r.row_id)`;
  const rows = count(store, `SELECT count(*) AS count FROM sync_rows r WHERE ${isQuiet}`);
  // What a row is kept with takes several looks to find out, and mostly nothing is.
  const hasKept = count(store, "SELECT count(*) AS count FROM sync_kept_local") > 0;
  const keptLocal = hasKept
    ? count(store, `SELECT count(*) AS count FROM sync_rows r WHERE is_kept AND ${isQuiet}`)
    : 0;
  const attention = Number(outbox?.["attention"]);
  return {
    synced: rows - keptLocal,
    waiting: Number(outbox?.["changed"]) - attention,
    attention,
    keptLocal,
    waitingPoints: new MetricsPushStore(store).waitingPoints(),
  };
}

function count(store: Store, sql: string): number {
  return Number(store.prepare(sql).get()?.["count"]);
}
