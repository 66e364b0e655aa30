import type { PostgrestError } from "@supabase/supabase-js";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newArtifact, newJob, newPoint, type SampleRows, sampleRows } from "./sample-rows.ts";
import { openTeamProject, type TeamProject } from "./team-project.ts";

const DATA_TABLES = [
  "datasets",
  "training_jobs",
  "metrics_points",
  "model_artifacts",
  "cost_records",
  "notifications",
] as const;
type Table = (typeof DATA_TABLES)[number];

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

test("nobody ties a row to what belongs to somebody else", async () => {
  const { other } = project;
  const own = sampleRows(other.id);
  expect(await codeOf(other.client.from("datasets").insert(own.datasets))).toBeNull();
  expect(await codeOf(other.client.from("training_jobs").insert(own.training_jobs))).toBeNull();
  const theirDataset = rows.datasets.id;
  const theirJob = rows.training_jobs.id;
  const refused = [
    other.client.from("training_jobs").insert(newJob(theirDataset)),
    other.client.from("training_jobs").update({ dataset_id: theirDataset }).eq("user_id", other.id),
    other.client
      .from("training_jobs")
      .update({ artifact_id: rows.model_artifacts.id })
      .eq("user_id", other.id),
    other.client.from("metrics_points").insert(newPoint(theirJob, 7)),
    other.client.from("model_artifacts").insert(newArtifact(theirJob, own.datasets.id)),
    other.client.from("model_artifacts").insert(newArtifact(own.training_jobs.id, theirDataset)),
    other.client.from("cost_records").insert({ ...own.cost_records, job_id: theirJob }),
  ];
  for (const request of refused) expect(await codeOf(request)).toBe("42501");
});

test("a row is neither given away nor renumbered", async () => {
  const { owner, other } = project;
  const change = (values: Record<string, unknown>) =>
    owner.client.from("model_artifacts").update(values).eq("id", rows.model_artifacts.id);
  expect(await codeOf(change({ user_id: other.id }))).toBe("42501");
  expect(await codeOf(change({ id: other.id }))).toBe("23514");
});

test("of a notification only `read` changes, and only from false to true", async () => {
  const own = () => project.owner.client.from("notifications");
  const { id } = rows.notifications;
  expect(await codeOf(own().update({ title: "Other" }).eq("id", id))).toBe("42501");
  expect(await codeOf(own().update({ read: true }).eq("id", id))).toBeNull();
  expect(await codeOf(own().update({ read: false }).eq("id", id))).toBe("42501");
});

test("a change sets updated_at, whatever the client says", async () => {
  const { data } = await project.owner.client
    .from("datasets")
    .update({ name: "New", updated_at: "2001-01-01T00:00:00Z" })
    .eq("id", rows.datasets.id)
    .select()
    .single();
  expect(Date.parse(data.updated_at)).toBeGreaterThan(Date.parse("2020-01-01"));
});

test("a deleted job takes metrics and artifacts along and leaves its costs", async () => {
  const { owner, service } = project;
  const jobId = rows.training_jobs.id;
  const artifactId = rows.model_artifacts.id;
  await owner.client.from("training_jobs").update({ artifact_id: artifactId }).eq("id", jobId);
  expect(await codeOf(owner.client.from("training_jobs").delete().eq("id", jobId))).toBeNull();
  expect(await stored("metrics_points", rows.metrics_points.id)).toBeNull();
  expect(await stored("model_artifacts", artifactId)).toBeNull();
  expect(await stored("cost_records", rows.cost_records.id)).toMatchObject({ job_id: null });
  const { data } = await service.from("sync_changes").select("action").eq("row_id", artifactId);
  expect(data?.map(({ action }) => action)).toContain("delete");
});

test("with a user goes all that is theirs, the feed included", async () => {
  const { database } = project;
  const { rows: users } = await database.query(
    "insert into auth.users (id, email) values (gen_random_uuid(), 'leaver@example.org') returning id",
  );
  const leaver = String(users[0].id);
  const theirs = sampleRows(leaver);
  for (const table of DATA_TABLES) await store(table, theirs[table]);
  await project.service
    .from("training_jobs")
    .update({ artifact_id: theirs.model_artifacts.id })
    .eq("id", theirs.training_jobs.id);
  await database.query("delete from auth.users where id = $1", [leaver]);
  for (const table of DATA_TABLES) expect(await stored(table, theirs[table].id)).toBeNull();
  const { data } = await project.service.from("sync_changes").select("id").eq("user_id", leaver);
  expect(data).toEqual([]);
});

async function stored(table: Table, id: string): Promise<Record<string, unknown> | null> {
  const { data } = await project.service.from(table).select().eq("id", id).maybeSingle();
  return data;
}

async function codeOf(request: PromiseLike<{ error: PostgrestError | null }>) {
  return (await request).error?.code ?? null;
}
