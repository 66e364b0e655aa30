import { afterEach, beforeEach, expect, it } from "vitest";
import type { SyncTable } from "../../shared/contract/sync.ts";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import { addArtifact, addCost, addDataset, addJob, completeJob } from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";
import type { FeedEntry } from "./team-server.ts";

let project: TinyProject;
let bench: SyncBench;

beforeEach(() => {
  project = new TinyProject();
  bench = openSyncBench({ server: project.server });
});
afterEach(() => bench.close());

const listed = () => bench.sync.requests["sync.quarantine"]({}, "local");
const there = (table: SyncTable, id: string) => project.rows.get(`${table} ${id}`);

function fed(table: SyncTable, id: string, row: Record<string, unknown>): FeedEntry {
  const common = { version: 9, op_id: null, action: "update" as const };
  return { ...common, table, row_id: id, columns: [], previous: null, row };
}

/** A job whose adapter was refused: it waits to name it. */
async function refuseAdapter() {
  const dataset = addDataset(bench.store);
  const job = addJob(bench.store, dataset);
  const adapter = addArtifact(bench.store, job, dataset);
  completeJob(bench.store, job, adapter);
  project.refusing.add(`model_artifacts ${adapter}`);
  await bench.round();
  const changes = await listed();
  const cause = changes.find(({ rowId }) => rowId === adapter)?.opId ?? "";
  const waiting = changes.find(({ rowId }) => rowId === job);
  expect(changes).toHaveLength(2);
  expect(waiting).toMatchObject({ action: "update", dependsOn: cause });
  expect(waiting?.opId).not.toBe(cause);
  return { job, adapter, cause, waiting: waiting?.opId ?? "" };
}

it("tells of the values that a row was given before it is sent again", async () => {
  const dataset = addDataset(bench.store, undefined, "hours");
  project.refusing.add(`datasets ${dataset}`);
  await bench.round();
  const opId = String((await listed())[0]?.opId);
  await bench.sync.requests["sync.retry"]({ opId, values: { name: "days" } }, "local");
  expect(bench.merged).toEqual([
    { table: "datasets", rowId: dataset, columns: ["name"], isGone: false },
  ]);
  await bench.round();
  expect(there("datasets", dataset)).toMatchObject({ name: "days" });
});

it("does not give up what a job says of itself, but settles it with what it waits for", async () => {
  const { job, adapter, cause, waiting } = await refuseAdapter();
  const discard = (opId: string) => bench.sync.requests["sync.discard"]({ opId }, "local");
  await bench.round();
  project.news = [fed("training_jobs", job, there("training_jobs", job) ?? {})];
  await bench.round();
  expect(() => discard(waiting)).toThrow(/Decide about that one/);
  expect(await listed()).toHaveLength(2);
  await discard(cause);
  expect((await bench.round()).counts).toMatchObject({ attention: 0, waiting: 0, keptLocal: 1 });
  expect(there("model_artifacts", adapter)).toBeUndefined();
  expect(there("training_jobs", job)?.["artifact_id"]).toBeUndefined();
});

it("does not send what was refused again for what waits for it, but the other way round", async () => {
  const { job, adapter, cause, waiting } = await refuseAdapter();
  await bench.sync.requests["sync.retry"]({ opId: waiting }, "local");
  await bench.round();
  expect(await listed()).toHaveLength(2);
  expect(there("model_artifacts", adapter)).toBeUndefined();
  await bench.sync.requests["sync.retry"]({ opId: cause }, "local");
  expect((await bench.round()).counts).toMatchObject({ attention: 0, waiting: 0 });
  expect(there("training_jobs", job)).toMatchObject({ artifact_id: adapter });
});

it("lets go what was refused for want of a row, and what waits for that, once the row is there", async () => {
  const dataset = addDataset(bench.store);
  await bench.round();
  const row = there("datasets", dataset) ?? {};
  project.rows.delete(`datasets ${dataset}`);
  const job = addJob(bench.store, dataset);
  const cost = addCost(bench.store, job);
  await bench.round();
  expect((await listed()).map(({ reason }) => reason)).toEqual(["missing_reference", "depends_on"]);

  project.rows.set(`datasets ${dataset}`, row);
  const entry = { version: 9, op_id: null, columns: [], previous: null };
  project.news = [{ ...entry, table: "datasets", row_id: dataset, action: "insert", row }];
  expect((await bench.round()).counts).toMatchObject({ attention: 0, waiting: 0 });
  expect(there("training_jobs", job)).toBeDefined();
  expect(there("cost_records", cost)).toMatchObject({ job_id: job });
});
