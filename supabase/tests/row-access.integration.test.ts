import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SampleRows, sampleRows } from "./sample-rows.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const DATA_TABLES = [
  "datasets",
  "training_jobs",
  "metrics_points",
  "model_artifacts",
  "cost_records",
  "notifications",
] as const;
const TABLES = [...DATA_TABLES, "sync_changes"] as const;
type Table = (typeof TABLES)[number];
const CALLERS = ["owner", "other", "anon"] as const;
type Caller = (typeof CALLERS)[number];
const OPERATIONS = ["select", "insert", "update", "delete"] as const;
type Operation = (typeof OPERATIONS)[number];

/**
 * What each gets: how many rows, or PostgreSQL's code ("denied" is 42501). The other user's select,
 * update and delete of rows out of sight are no errors: they concern no rows.
 */
const DENIED = "denied";
const EXPECTED: Record<Table, Record<Operation, Record<Caller, string>>> = {
  datasets: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: "1 row", other: "0 rows", anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
  training_jobs: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: "1 row", other: "0 rows", anon: DENIED },
    delete: { owner: "1 row", other: "0 rows", anon: DENIED },
  },
  metrics_points: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: "1 row", other: "0 rows", anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
  model_artifacts: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: "1 row", other: "0 rows", anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
  cost_records: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: DENIED, other: DENIED, anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
  notifications: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: "1 row", other: DENIED, anon: DENIED },
    update: { owner: "1 row", other: "0 rows", anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
  sync_changes: {
    select: { owner: "1 row", other: "0 rows", anon: DENIED },
    insert: { owner: DENIED, other: DENIED, anon: DENIED },
    update: { owner: DENIED, other: DENIED, anon: DENIED },
    delete: { owner: DENIED, other: DENIED, anon: DENIED },
  },
};

const CHANGES: Record<Table, Record<string, unknown>> = {
  datasets: { name: "Changed" },
  training_jobs: { name: "Changed" },
  metrics_points: { training_loss: 9 },
  model_artifacts: { name: "Changed" },
  cost_records: { amount: 99 },
  notifications: { read: true },
  sync_changes: { action: "delete" },
};

let project: TeamProject;
/** The owner's rows: stored anew for every test. */
let rows: SampleRows;

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  await project?.close();
});
beforeEach(async () => {
  rows = sampleRows(project.owner.id);
  for (const table of DATA_TABLES) await store(table, rows[table]);
});

async function store(table: Table, row: Record<string, unknown>): Promise<void> {
  const { error } = await project.service.from(table).insert(row);
  if (error !== null) throw error;
}

describe.each(TABLES)("%s", (table) => {
  describe.each(OPERATIONS)("%s", (operation) => {
    test.each(CALLERS)("by %s", async (caller) => {
      const id = await rowIdOf(table);
      const before = await stored(table, id);
      const answer = await attempt(clientOf(caller), table, operation, id);
      expect(answer).toBe(EXPECTED[table][operation][caller]);
      // Whatever was said: a row changes only for its owner.
      const isChange = operation === "update" || operation === "delete";
      const isChanged = JSON.stringify(await stored(table, id)) !== JSON.stringify(before);
      expect(isChanged).toBe(isChange && answer === "1 row");
    });
  });
});

function clientOf(caller: Caller): SupabaseClient {
  return caller === "anon" ? project.anon : project[caller].client;
}

/** The feed numbers its own rows; there the entry that the owner's dataset left is looked at. */
async function rowIdOf(table: Table): Promise<string> {
  if (table !== "sync_changes") return rows[table].id;
  const { data } = await project.service
    .from("sync_changes")
    .select("id")
    .eq("row_id", rows.datasets.id)
    .single();
  return String(data?.id);
}

async function attempt(
  client: SupabaseClient,
  table: Table,
  operation: Operation,
  id: string,
): Promise<string> {
  const request = (() => {
    switch (operation) {
      case "select":
        return client.from(table).select().eq("id", id);
      case "insert":
        return client.from(table).insert(newRow(table)).select();
      case "update":
        return client.from(table).update(CHANGES[table]).eq("id", id).select();
      case "delete":
        return client.from(table).delete().eq("id", id).select();
    }
  })();
  const { data, error } = await request;
  if (error !== null) return error.code === "42501" ? DENIED : error.code;
  return data?.length === 1 ? "1 row" : `${data?.length} rows`;
}

/** A new row in the owner's name, whoever sends it. */
function newRow(table: Table): Record<string, unknown> {
  if (table === "sync_changes") {
    return {
      epoch: "forged",
      user_id: project.owner.id,
      table_name: "datasets",
      row_id: rows.datasets.id,
      action: "delete",
    };
  }
  const fresh = sampleRows(project.owner.id)[table];
  const references = Object.fromEntries(
    [
      ["job_id", rows.training_jobs.id],
      ["dataset_id", rows.datasets.id],
    ].filter(([column = ""]) => column in fresh),
  );
  return { ...fresh, ...references, ...(table === "metrics_points" ? { step: 2 } : {}) };
}

async function stored(table: Table, id: string): Promise<Record<string, unknown> | null> {
  const { data } = await project.service.from(table).select().eq("id", id).maybeSingle();
  return data;
}
