import { createHash } from "node:crypto";
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Client } from "pg";
import { syncTableSchema } from "../../shared/contract/sync.ts";
import { MetricsStore } from "../../electron/jobs/metrics-store.ts";
import type { Store } from "../../electron/store/open-store.ts";
import { countRows } from "../../electron/sync/sync-counts.ts";
import { Journal } from "../simulate/journal.ts";
import { LocalRows } from "../simulate/local-rows.ts";
import { isSame } from "../simulate/model/model-project.ts";
import { countableRows, quietRows } from "../simulate/file-rows.ts";
import { teamValues } from "../simulate/team-values.ts";
import { adapterBytes } from "./sync-work.ts";

/** What was found to be wrong; 0 everywhere is what is wanted. */
export interface SyncVerdict {
  /** Times that the counters did not add up to the rows that there are. */
  countersWrong: number;
  /** Rows that counted as synced and were not at the project. */
  rowsLost: number;
  /** Rows at the project that nobody has here. */
  rowsTooMany: number;
  rowsDiffering: number;
  pointsLost: number;
  pointsTooMany: number;
  pointsDiffering: number;
  /** Rows that need a person. */
  refused: number;
  filesMissing: number;
  filesDiffering: number;
}

export function emptySyncVerdict(): SyncVerdict {
  return {
    countersWrong: 0,
    rowsLost: 0,
    rowsTooMany: 0,
    rowsDiffering: 0,
    pointsLost: 0,
    pointsTooMany: 0,
    pointsDiffering: 0,
    refused: 0,
    filesMissing: 0,
    filesDiffering: 0,
  };
}

/** After each death: every row is counted once, and what counts as synced is at the project. */
export async function judgeDeath(
  verdict: SyncVerdict,
  store: Store,
  database: Client,
): Promise<void> {
  const desk = { store, rows: new LocalRows(store, "desk", new Journal(), Date.now) };
  const { synced, waiting, attention, keptLocal } = countRows(store);
  const quiet = quietRows(desk);
  const isSum = synced + waiting + attention + keptLocal === countableRows(desk);
  if (!isSum || synced !== quiet.length) verdict.countersWrong += 1;
  for (const table of syncTableSchema.options) {
    const ids = quiet.filter((row) => row.table === table).map(({ id }) => id);
    const sql = `select count(*)::int as n from public.${table} where id = any ($1::uuid[])`;
    const { rows } = await database.query<{ n: number }>(sql, [ids]);
    verdict.rowsLost += ids.length - (rows[0]?.n ?? 0);
  }
}

/** At the end, when nothing waits any more. */
export async function judgeEnd(
  verdict: SyncVerdict,
  store: Store,
  database: Client,
  service: SupabaseClient,
): Promise<void> {
  const rows = new LocalRows(store, "desk", new Journal(), Date.now);
  verdict.refused += countRows(store).attention;
  for (const table of syncTableSchema.options) {
    const found = await database.query<{ row: Record<string, unknown> & { id: string } }>(
      `select to_jsonb(t) as row from public.${table} t`,
    );
    const server = new Map(found.rows.map(({ row }) => [row.id, row]));
    for (const local of rows.all(table)) {
      const theirs = server.get(String(local["id"]));
      server.delete(String(local["id"]));
      if (theirs === undefined) verdict.rowsLost += 1;
      else if (
        !Object.entries(teamValues(table, local)).every(([key, value]) =>
          isSame(value, theirs[key]),
        )
      ) {
        verdict.rowsDiffering += 1;
      }
    }
    verdict.rowsTooMany += server.size;
  }
  await judgePoints(verdict, rows, new MetricsStore(store), database);
  for (const dataset of rows.all("datasets", "status = 'ready'")) {
    const place = { bucket: "lora-datasets", path: textOf(dataset["storage_path"]) };
    await judgeFile(verdict, place, textOf(dataset["sha256"]), service);
  }
  for (const artifact of rows.all("model_artifacts")) {
    const manifest = textOf(artifact["storage_path"]);
    const path = manifest.replace(/[^/]+$/, "adapter_model.safetensors");
    const wanted = sha256Of(adapterBytes(textOf(artifact["job_id"])));
    await judgeFile(verdict, { bucket: "lora-models", path }, wanted, service);
  }
}

async function judgePoints(
  verdict: SyncVerdict,
  rows: LocalRows,
  metrics: MetricsStore,
  database: Client,
): Promise<void> {
  const found = await database.query<{ row: Record<string, unknown> }>(
    "select to_jsonb(p) as row from public.metrics_points p",
  );
  const server = new Map(
    found.rows.map(({ row }) => [`${String(row["job_id"])} ${String(row["step"])}`, row]),
  );
  for (const { id } of rows.all("training_jobs")) {
    for (const point of metrics.teamRows(String(id), 0, Number.MAX_SAFE_INTEGER)) {
      const key = `${point.job_id} ${point.step}`;
      const theirs = server.get(key);
      server.delete(key);
      if (theirs === undefined) verdict.pointsLost += 1;
      else if (theirs["training_loss"] !== point.training_loss) verdict.pointsDiffering += 1;
    }
  }
  verdict.pointsTooMany += server.size;
}

async function judgeFile(
  verdict: SyncVerdict,
  { bucket, path }: { bucket: string; path: string },
  sha256: string,
  service: SupabaseClient,
): Promise<void> {
  const { data } = path === "" ? { data: null } : await service.storage.from(bucket).download(path);
  if (data === null) {
    verdict.filesMissing += 1;
    return;
  }
  const bytes = new Uint8Array(await data.arrayBuffer());
  if (sha256Of(bytes) !== sha256) verdict.filesDiffering += 1;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
