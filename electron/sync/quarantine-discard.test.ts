import { afterEach, beforeEach, expect, it } from "vitest";
import type { SyncTable } from "../../shared/contract/sync.ts";
import { ElsewhereStore, type ElsewhereTable } from "./elsewhere-store.ts";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import {
  addArtifact,
  addDataset,
  addJob,
  addNotice,
  set,
  valueOf,
  WORKSTATION,
} from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";

let project: TinyProject;
let bench: SyncBench;

beforeEach(() => {
  project = new TinyProject();
  bench = openSyncBench({ server: project.server });
});
afterEach(() => bench.close());

const discard = (opId: string) => bench.sync.requests["sync.discard"]({ opId }, "local");
const listed = () => bench.sync.requests["sync.quarantine"]({}, "local");

/** The project's row comes back by the feed, as a colleague may have changed it. */
async function feed(table: SyncTable, id: string, more: Record<string, unknown> = {}) {
  const row = { id, ...project.rows.get(`${table} ${id}`), ...more };
  const common = { version: 9, op_id: null, action: "update" as const };
  project.news = [{ ...common, table, row_id: id, columns: [], previous: null, row }];
  return await bench.round();
}

/** Rows of each table that both sides have. */
async function synced() {
  const dataset = addDataset(bench.store);
  const job = addJob(bench.store, dataset);
  const adapter = addArtifact(bench.store, job, dataset);
  const notice = addNotice(bench.store, job);
  await bench.round();
  const rows = {
    datasets: dataset,
    training_jobs: job,
    model_artifacts: adapter,
    notifications: notice,
  };
  for (const table of Object.keys(rows) as (keyof typeof rows)[]) await feed(table, rows[table]);
  expect(bench.sync.status().counts).toMatchObject({ synced: 4, waiting: 0 });
  return rows;
}

/** The project refuses what has just been changed of a row. */
async function refused(table: SyncTable, id: string): Promise<string> {
  project.refusing.add(`${table} ${id}`);
  expect((await bench.round()).counts.attention).toBe(1);
  return (await listed())[0]?.opId ?? "";
}

it.each([
  ["datasets", "name", "Mine", "Questions"],
  ["datasets", "description", "Mine", ""],
  ["datasets", "deleted_at", "2026-03-01T11:00:00.000Z", null],
  ["datasets", "storage_path", "user/sha/file", null],
  ["training_jobs", "name", "Mine", "First run"],
  ["model_artifacts", "name", "Mine", "Adapter"],
  ["model_artifacts", "deleted_at", "2026-03-01T11:00:00.000Z", null],
  ["notifications", "read", 1, 0],
] as const)(
  "a change of %s.%s that is given up is undone here",
  async (table, column, mine, theirs) => {
    const rows = await synced();
    set(bench.store, table, rows[table], column, mine);
    const opId = await refused(table, rows[table]);
    bench.merged.length = 0;
    await discard(opId);
    expect(valueOf(bench.store, table, rows[table], column)).toBe(theirs);
    expect(bench.merged).toEqual([{ table, rowId: rows[table], columns: [column], isGone: false }]);
    const overwritten = await bench.sync.requests["sync.overwritten"]({}, "local");
    const isName = column === "name" || column === "description";
    expect(overwritten).toMatchObject(isName ? [{ table, column, lost: mine, kept: theirs }] : []);
    // Nothing of it goes to the project again.
    const counts = { synced: 4, waiting: 0, attention: 0, keptLocal: 0 };
    expect((await bench.round()).counts).toMatchObject(counts);
  },
);

it("what a machine says of its own job is not given up", async () => {
  const { training_jobs: job } = await synced();
  set(bench.store, "training_jobs", job, "progress", 0.5);
  const opId = await refused("training_jobs", job);
  expect(() => discard(opId)).toThrow(/this computer, which alone says progress/);
  expect(await listed()).toHaveLength(1);
  await bench.sync.requests["sync.retry"]({ opId }, "local");
  await bench.round();
  expect(project.rows.get(`training_jobs ${job}`)).toMatchObject({ progress: 0.5 });
});

it("of a change of name and progress the name is given up and the progress sent", async () => {
  const { training_jobs: job } = await synced();
  set(bench.store, "training_jobs", job, "name", "Mine");
  set(bench.store, "training_jobs", job, "progress", 0.5);
  await discard(await refused("training_jobs", job));
  expect(valueOf(bench.store, "training_jobs", job, "name")).toBe("First run");
  expect((await bench.round()).counts).toMatchObject({ waiting: 0, attention: 0 });
  expect(project.rows.get(`training_jobs ${job}`)).toMatchObject({
    name: "First run",
    progress: 0.5,
  });
});

it("a job that the project has as another machine's becomes that machine's", async () => {
  const { training_jobs: job } = await synced();
  set(bench.store, "training_jobs", job, "progress", 0.5);
  const opId = await refused("training_jobs", job);
  await feed("training_jobs", job, { workstation: "lab-2", progress: 0.25 });
  expect(valueOf(bench.store, "training_jobs", job, "workstation")).toBe(WORKSTATION);
  await discard(opId);
  expect(valueOf(bench.store, "training_jobs", job, "workstation")).toBe("lab-2");
  expect(valueOf(bench.store, "training_jobs", job, "progress")).toBe(0.25);
  expect((await bench.round()).counts).toMatchObject({ waiting: 0, attention: 0 });
});

it("the project's newest value holds, not the one that was known when it was changed", async () => {
  const { datasets: dataset } = await synced();
  set(bench.store, "datasets", dataset, "name", "Mine");
  const opId = await refused("datasets", dataset);
  await feed("datasets", dataset, { name: "Theirs" });
  expect(valueOf(bench.store, "datasets", dataset, "name")).toBe("Mine");
  await discard(opId);
  expect(valueOf(bench.store, "datasets", dataset, "name")).toBe("Theirs");
});

it.each(["datasets", "training_jobs", "model_artifacts"] as const)(
  "a deletion of %s that is given up leaves the row visible, as the project's",
  async (table: ElsewhereTable) => {
    const rows = await synced();
    const elsewhere = new ElsewhereStore(bench.store);
    const seen = () => elsewhere.ownRows(table).map((row) => (row as { id: string }).id);
    // What refers to it goes first, as the app does it.
    if (table === "datasets") {
      bench.store.prepare("DELETE FROM training_jobs").run();
      bench.store.prepare("DELETE FROM model_artifacts").run();
      await bench.round();
    }
    bench.store.prepare(`DELETE FROM ${table} WHERE id = ?`).run(rows[table]);
    const opId = await refused(table, rows[table]);
    expect(seen()).toEqual([]);
    await discard(opId);
    expect(seen()).toEqual([rows[table]]);
    expect((await bench.round()).counts).toMatchObject({ waiting: 0, attention: 0 });
    expect(project.rows.has(`${table} ${rows[table]}`)).toBe(true);
  },
);

it.each(["datasets", "notifications"] as const)(
  "a new row of %s that is given up is kept local as it is",
  async (table) => {
    const id = table === "datasets" ? addDataset(bench.store) : addNotice(bench.store, null);
    await discard(await refused(table, id));
    const counts = { synced: 0, waiting: 0, attention: 0, keptLocal: 1 };
    expect((await bench.round()).counts).toMatchObject(counts);
    expect(project.rows.has(`${table} ${id}`)).toBe(false);
  },
);
