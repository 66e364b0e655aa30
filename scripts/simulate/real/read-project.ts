import type { Client } from "pg";
import { syncTableSchema } from "../../../shared/contract/sync.ts";
import {
  emptyProjectData,
  type FeedRow,
  type ProjectData,
  type ServerRow,
} from "../model/project-data.ts";

const rowsOf = (table: string) =>
  `(select coalesce(jsonb_agg(to_jsonb(t)), '[]') from public.${table} t)`;

const FEED = `(select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'epoch', c.epoch, 'userId', c.user_id, 'table', c.table_name, 'rowId', c.row_id,
    'xid', c.xid::text, 'opId', c.op_id, 'action', c.action, 'columns', c.changed_columns,
    'previous', c.previous) order by c.id), '[]') from public.sync_changes c)`;

/** The real tables, in the form in which the model keeps its own. */
export async function readProject(
  database: Client,
): Promise<Pick<ProjectData, "rows" | "metrics" | "feed"> & { epoch: string }> {
  const tables = [...syncTableSchema.options, "metrics_points"];
  const columns = tables.map((table) => `${rowsOf(table)} as ${table}`);
  const { rows: found } = await database.query<Record<string, unknown>>(
    `select lora_sync.epoch() as epoch, ${columns.join(", ")}, ${FEED} as feed`,
  );
  const [read = {}] = found;
  const { rows, metrics } = emptyProjectData();
  for (const table of syncTableSchema.options) {
    for (const row of read[table] as ServerRow[]) rows[table].set(row.id, row);
  }
  for (const point of read["metrics_points"] as Record<string, unknown>[]) {
    const jobId = String(point["job_id"]);
    const points = metrics.get(jobId) ?? new Map<number, Record<string, unknown>>();
    metrics.set(jobId, points.set(Number(point["step"]), point));
  }
  const feed = (read["feed"] as (Omit<FeedRow, "xid"> & { xid: string })[]).map((entry) => ({
    ...entry,
    xid: Number(entry.xid),
  }));
  return { rows, metrics, feed, epoch: String(read["epoch"]) };
}
