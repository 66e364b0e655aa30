import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTeamProject, type TeamProject } from "./team-project.ts";
import { evaluationPoint, stepPoint } from "../../electron/jobs/fixtures/metrics-bench.ts";
import { openSyncBench, type SyncBench } from "../../electron/sync/fixtures/open-sync-bench.ts";
import {
  addArtifact,
  addCost,
  addDataset,
  addJob,
  addNotice,
  completeJob,
  set,
  valueOf,
} from "../../electron/sync/fixtures/sync-bench.ts";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import { createSupabaseTeamServer } from "../../electron/sync/supabase-team-server.ts";
import type { TeamSession } from "../../electron/sync/team-session.ts";

let project: TeamProject;
const benches: SyncBench[] = [];

beforeAll(async () => {
  project = await openTeamProject();
});
afterAll(async () => {
  for (const bench of benches) await bench.close();
  await project?.close();
});

function openMachine(options: Partial<Parameters<typeof openSyncBench>[0]> = {}): SyncBench {
  const session: TeamSession = {
    projectUrl: project.stack.apiUrl,
    anonKey: project.stack.publishableKey,
    userId: project.owner.id,
    accessToken: () => Promise.resolve(project.owner.accessToken),
  };
  const server = createSupabaseTeamServer({ session, fetch, now: () => new Date() });
  const bench = openSyncBench({ server, session, ...options });
  benches.push(bench);
  return bench;
}

async function onServer(table: string, id: string) {
  const { rows } = await project.database.query(`select * from public.${table} where id = $1`, [
    id,
  ]);
  return rows[0] as Record<string, unknown> | undefined;
}

const quiet = { waiting: 0, attention: 0, waitingPoints: 0 };

it("adopts what was there, sends it in order with its curve, and follows the names of others", async () => {
  const [dataset, job, artifact] = [randomUUID(), randomUUID(), randomUUID()];
  const first = openMachine({
    prepare: (store) => {
      addDataset(store, dataset);
      addJob(store, dataset, job);
      addArtifact(store, job, dataset, artifact);
      completeJob(store, job, artifact);
      addCost(store, job);
      addNotice(store, job);
    },
  });
  first.metrics.save(
    job,
    Array.from({ length: 300 }, (_, step) => stepPoint(step, 1)),
  );
  expect(first.sync.status().counts).toEqual({
    synced: 0,
    waiting: 5,
    attention: 0,
    keptLocal: 0,
    ofColleagues: 0,
    waitingPoints: 300,
    waitingCurves: 1,
    waitingFiles: 0,
    failedFiles: 0,
  });
  const after = await first.round();
  expect(after).toMatchObject({ state: "idle", lastError: null, counts: { ...quiet, synced: 5 } });
  expect(await onServer("training_jobs", job)).toMatchObject({
    user_id: project.owner.id,
    artifact_id: artifact,
    status: "completed",
    progress: 1,
  });
  expect(await onServer("datasets", dataset)).toMatchObject({
    sample_data: [{ a: [1, 2], b: 1 }],
    training_ready: true,
  });
  const points = await project.database.query(
    "select count(*)::int as n from public.metrics_points where job_id = $1",
    [job],
  );
  expect(points.rows[0]).toEqual({ n: 300 });

  // A resume takes steps again, and an evaluation comes in between.
  first.metrics.save(job, [stepPoint(290, 0.5), evaluationPoint(290, 0.25)]);
  expect((await first.round()).counts).toMatchObject(quiet);
  const again = await project.database.query(
    "select training_loss, validation_loss from public.metrics_points where job_id = $1 and step = 290",
    [job],
  );
  expect(again.rows[0]).toEqual({ training_loss: 0.5, validation_loss: 0.25 });

  // Another machine of the same user has nothing of this, and renames it all the same.
  const second = openMachine({ workstation: "lab-2" });
  await second.round();
  expect(second.store.prepare("SELECT count(*) AS n FROM sync_mirror").get()).toEqual({ n: 5 });
  const outbox = new OutboxStore(second.store);
  outbox.add("datasets", dataset, "update", { given: { name: "Theirs" } });
  outbox.add("training_jobs", job, "update", { given: { desired_state: "stopped" } });
  expect((await second.round()).counts).toMatchObject({ ...quiet, synced: 0 });
  await first.round();
  expect(valueOf(first.store, "datasets", dataset, "name")).toBe("Theirs");
  expect(first.merged).toContainEqual({
    table: "datasets",
    rowId: dataset,
    columns: ["name"],
    isGone: false,
  });
  expect(await first.sync.requests["sync.overwritten"]({}, "local")).toMatchObject([
    { rowId: dataset, column: "name", lost: "Questions", kept: "Theirs" },
  ]);
  expect(first.wishes).toEqual([{ jobId: job, state: "stopped" }]);
  // The run has ended, so the wish is taken back by the workstation that it was meant for.
  await first.round();
  expect(await onServer("training_jobs", job)).toMatchObject({ desired_state: null });
  await first.round();
  expect(first.wishes).toHaveLength(1);
  expect(first.sync.status().counts).toMatchObject({ ...quiet, synced: 5 });
});

it("keeps the value that an unsent rename of ours has overwritten", async () => {
  const dataset = randomUUID();
  const first = openMachine({ prepare: (store) => void addDataset(store, dataset) });
  await first.round();
  await project.owner.client.from("datasets").update({ name: "Theirs" }).eq("id", dataset);
  set(first.store, "datasets", dataset, "name", "Ours");
  await first.round();
  expect(await onServer("datasets", dataset)).toMatchObject({ name: "Ours" });
  expect(valueOf(first.store, "datasets", dataset, "name")).toBe("Ours");
  expect(await first.sync.requests["sync.overwritten"]({}, "local")).toMatchObject([
    { rowId: dataset, column: "name", lost: "Theirs", kept: "Ours" },
  ]);
});

it("sets refused changes aside with what needs them, and sends them again when asked", async () => {
  const bench = openMachine();
  const { store, sync } = bench;
  const bad = addDataset(store);
  const job = addJob(store, bad);
  const artifact = addArtifact(store, job, bad);
  completeJob(store, job, artifact);
  addCost(store, job);
  const good = addDataset(store);
  // Not a value that PostgreSQL can store: the batch as a whole is refused for it.
  set(store, "datasets", bad, "sample_data", '["\\u0000"]');
  const { counts, lastError } = await bench.round();
  expect(lastError).toBeNull();
  expect(counts).toMatchObject({ synced: 1, waiting: 0, attention: 4 });
  expect(await onServer("datasets", good)).toBeDefined();
  const changes = await sync.requests["sync.quarantine"]({}, "local");
  expect(changes.map(({ table, reason }) => [table, reason])).toEqual([
    ["datasets", "refused"],
    ["training_jobs", "depends_on"],
    ["model_artifacts", "depends_on"],
    ["cost_records", "depends_on"],
  ]);
  const [first] = changes;
  const opId = String(first?.opId);
  expect(first?.message).toContain("Questions");
  const { text } = await sync.requests["sync.export"]({ opId }, "local");
  expect(JSON.parse(text)).toMatchObject({ row: { id: bad } });

  await sync.requests["sync.retry"]({ opId, values: { sample_data: [] } }, "local");
  expect(sync.status().counts).toMatchObject({ waiting: 4, attention: 0 });
  expect((await bench.round()).counts).toMatchObject({ ...quiet, synced: 5 });
  expect(await onServer("training_jobs", job)).toMatchObject({ artifact_id: artifact });
  expect(valueOf(store, "datasets", bad, "sample_data")).toBe("[]");
});

it("gives up what is discarded: it stays here and is kept local", async () => {
  const bench = openMachine();
  const { store, sync } = bench;
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  set(store, "datasets", dataset, "file_size_bytes", -1);
  const { counts } = await bench.round();
  expect(counts).toMatchObject({ synced: 0, attention: 2 });
  const [refused] = await sync.requests["sync.quarantine"]({}, "local");
  expect(refused).toMatchObject({ table: "datasets", reason: "constraint", dependsOn: null });
  await sync.requests["sync.discard"]({ opId: String(refused?.opId) }, "local");
  expect(sync.status().counts).toMatchObject({ keptLocal: 2, attention: 0, waiting: 0 });
  addCost(store, job);
  expect((await bench.round()).counts).toMatchObject({ keptLocal: 3, waiting: 0 });
  expect(await onServer("datasets", dataset)).toBeUndefined();
});

it("sends everything again that a restored project has lost", async () => {
  const bench = openMachine();
  const { store } = bench;
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  bench.metrics.save(job, [stepPoint(1, 1), stepPoint(2, 1)]);
  const renamed = addDataset(store);
  await bench.round();
  set(store, "datasets", renamed, "name", "Later");
  set(store, "training_jobs", job, "current_step", 7);
  await bench.round();
  // As after a restored backup: rows are missing, others are as they were, and the epoch is another.
  await project.database.query("delete from public.training_jobs where id = $1", [job]);
  await project.database.query("delete from public.datasets where id = $1", [dataset]);
  await project.database.query("update public.datasets set name = 'Questions' where id = $1", [
    renamed,
  ]);
  await project.database.query("delete from public.sync_changes where row_id = any($1)", [
    [dataset, job],
  ]);
  store.prepare("UPDATE sync_cursor SET cursor = 'other/other/1/1', epoch = 'other'").run();
  const { counts, lastError } = await bench.round();
  expect(lastError).toBeNull();
  expect(counts).toMatchObject({ ...quiet, synced: 3 });
  expect(await onServer("training_jobs", job)).toMatchObject({ current_step: 7 });
  expect(await onServer("datasets", renamed)).toMatchObject({ name: "Later" });
  const points = await project.database.query(
    "select count(*)::int as n from public.metrics_points where job_id = $1",
    [job],
  );
  expect(points.rows[0]).toEqual({ n: 2 });
});

it("deletes there what is deleted here, and takes over the deletions of others", async () => {
  const bench = openMachine();
  const { store } = bench;
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  const cost = addCost(store, job);
  await bench.round();
  store.prepare("DELETE FROM training_jobs WHERE id = ?").run(job);
  expect(bench.sync.status().counts).toMatchObject({ synced: 2, waiting: 1 });
  expect((await bench.round()).counts).toMatchObject({ ...quiet, synced: 2 });
  expect(await onServer("training_jobs", job)).toBeUndefined();
  expect(await onServer("cost_records", cost)).toMatchObject({ job_id: null });
  await project.owner.client
    .from("datasets")
    .update({ deleted_at: "2026-03-03T00:00:00Z" })
    .eq("id", dataset);
  await bench.round();
  expect(valueOf(store, "datasets", dataset, "deleted_at")).toBe("2026-03-03T00:00:00.000Z");
});

it("sends nothing of a file that belongs to another user", async () => {
  const bench = openMachine();
  addDataset(bench.store);
  bench.store.prepare("UPDATE sync_account SET user_id = ?").run(project.other.id);
  const status = await bench.round();
  expect(status).toMatchObject({ state: "signed_out", lastError: { kind: "forbidden" } });
  expect(status.counts.waiting).toBe(1);
});
