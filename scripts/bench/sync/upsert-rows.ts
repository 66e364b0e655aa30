import type { SupabaseClient } from "@supabase/supabase-js";
import { syncTableSchema } from "../../../shared/contract/sync.ts";
import { MetricsStore } from "../../../electron/jobs/metrics-store.ts";
import type { Store } from "../../../electron/store/open-store.ts";
import { columnsOf, toTeamValues } from "../../../electron/sync/outbox-columns.ts";

export interface UpsertTimes {
  rows: number;
  rowMs: number;
  points: number;
  pointMs: number;
}

/**
 * What an app would do without a sync protocol: one upsert for each row, one after the other, all
 * rows and so many of the points.
 */
export async function upsertRows(
  client: SupabaseClient,
  store: Store,
  mostPoints: number,
): Promise<UpsertTimes> {
  const rows = syncTableSchema.options.flatMap((table) =>
    store
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => ({
        table,
        row: { id: row["id"], ...toTeamValues(table, row, columnsOf(table)) },
      })),
  );
  const rowMs = await timed(async () => {
    for (const { table, row } of rows) await upsert(client, table, row);
  });
  const metrics = new MetricsStore(store);
  const points = store
    .prepare("SELECT job_id FROM metrics_series ORDER BY job_id")
    .all()
    .flatMap(({ job_id: id }) => metrics.teamRows(String(id), 0, Number.MAX_SAFE_INTEGER))
    .slice(0, mostPoints);
  const pointMs = await timed(async () => {
    for (const point of points) await upsert(client, "metrics_points", point);
  });
  return { rows: rows.length, rowMs, points: points.length, pointMs };
}

async function upsert(client: SupabaseClient, table: string, row: object): Promise<void> {
  // Costs and notices may be added and not replaced.
  const ignoreDuplicates = table === "cost_records" || table === "notifications";
  const { error } = await client.from(table).upsert(row, { ignoreDuplicates });
  if (error !== null) throw new Error(`${table}: ${error.message}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}
