import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DownloadedAdapter } from "../transfers/downloaded-adapter-store.ts";
import { writeDownloadedAdapter } from "../transfers/downloaded-adapter-store.ts";
import { writeTrainedAdapter } from "../transfers/fixtures/trained-adapter.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { deletionOfDataset, deletionOfJob } from "./deletion-reach-store.ts";
import { ElsewhereStore } from "./elsewhere-store.ts";
import { addCost, addDataset, addJob, addNotice, set, valueOf } from "./fixtures/sync-bench.ts";
import { KeepLocal } from "./keep-local.ts";
import { MirrorStore } from "./mirror-store.ts";
import { enableSync } from "./outbox-adoption.ts";
import { takeBatch } from "./outbox-batch.ts";
import { OutboxStore } from "./outbox-store.ts";
import { removeCopy } from "./remove-copy-store.ts";
import { countRows } from "./sync-counts.ts";

/* This machine is lab-1; what was downloaded was made on lab-2. */

const HERE = "lab-1";
const userId = randomUUID();
const FEED = { op_id: null, columns: [], previous: null };
const TABLES = ["datasets", "training_jobs", "model_artifacts", "runs", "sync_outbox"];
let store: Store;
let adapter: DownloadedAdapter;

beforeEach(() => {
  store = openStore({ path: ":memory:", log: () => undefined });
  adapter = madeOnLab2();
  enableSync(store, { userId, projectUrl: "https://x.supabase.co" });
});
afterEach(() => store.close());

/** As the project has it. */
function madeOnLab2(): DownloadedAdapter {
  const other = openStore({ path: ":memory:", log: () => undefined });
  try {
    const datasetId = addDataset(other);
    const files = [{ name: "adapter_model.safetensors", bytes: 5 }];
    const made = writeTrainedAdapter(other, { homePath: "/home/lab-2", userId, datasetId, files });
    const job = { ...made.job, workstation: "lab-2" };
    const place = { runPath: `/home/lab-1/runs/${job.id}`, adapterPath: "adapter-1" };
    return { ...made, ...place, job, isOwn: true };
  } finally {
    other.close();
  }
}

function download({ isOwn = true } = {}): string {
  writeDownloadedAdapter(store, { ...adapter, isOwn });
  const rows = [
    { table: "datasets" as const, row: adapter.dataset },
    { table: "training_jobs" as const, row: adapter.job },
    { table: "model_artifacts" as const, row: adapter.artifact },
  ];
  const mirror = new MirrorStore(store);
  const about = { ...FEED, version: 1, action: "insert" as const };
  if (isOwn)
    for (const { table, row } of rows) mirror.put({ ...about, table, row_id: row.id, row });
  else {
    const shared = rows.map(({ table, row }) => ({ table, id: row.id, row }));
    new ElsewhereStore(store).replaceShared(shared);
  }
  return adapter.job.id;
}

const rowsHere = () =>
  Object.fromEntries(TABLES.map((table) => [table, store.prepare(`SELECT * FROM ${table}`).all()]));
const NOTHING = Object.fromEntries(TABLES.map((table) => [table, []]));

function elsewhere(): string[] {
  const known = new ElsewhereStore(store);
  return (["datasets", "training_jobs", "model_artifacts"] as const).flatMap((table) =>
    [...known.ownRows(table), ...known.sharedRows(table)].map((row) => (row as { id: string }).id),
  );
}

test.each([{ isOwn: true }, { isOwn: false }])(
  "a copy goes and comes again as often as one likes, and the project hears nothing (%o)",
  ({ isOwn }) => {
    const ids = [adapter.dataset.id, adapter.job.id, adapter.artifact.id];
    for (let round = 0; round < 3; round++) {
      const jobId = download({ isOwn });
      expect(elsewhere()).toEqual([adapter.dataset.id]);
      expect(deletionOfJob(store, jobId, HERE)).toEqual({
        reach: "copy",
        workstation: "lab-2",
        isInProject: true,
      });
      removeCopy(store, jobId);
      expect(rowsHere()).toEqual(NOTHING);
      expect(elsewhere()).toEqual(ids);
      expect(new Set(Object.values(countRows(store)))).toEqual(new Set([0]));
    }
  },
);

test("costs and notices of a copy stay, and nothing of it is sent anew", () => {
  const jobId = download({ isOwn: false });
  addCost(store, jobId);
  addNotice(store, jobId);
  removeCopy(store, jobId);
  expect(countRows(store)).toMatchObject({ waiting: 0, keptLocal: 2 });
});

test("its dataset stays where more of it is here", () => {
  const jobId = download();
  const mine = addJob(store, adapter.dataset.id);
  removeCopy(store, jobId);
  expect(valueOf(store, "datasets", adapter.dataset.id, "name")).toBe(adapter.dataset.name);
  store.prepare("DELETE FROM training_jobs WHERE id = ?").run(mine);

  download();
  store.prepare("UPDATE dataset_imports SET file_type = '.jsonl'").run();
  removeCopy(store, jobId);
  expect(valueOf(store, "datasets", adapter.dataset.id, "name")).toBe(adapter.dataset.name);
});

/** What would be sent now, without the numbers of the operations. */
function sent() {
  const batch = takeBatch(
    {
      outbox: new OutboxStore(store),
      workstation: HERE,
      createId: () => randomUUID(),
      now: () => new Date(0),
    },
    500,
  );
  return batch.operations.map((operation) => ({ ...operation, op_id: null }));
}

test("changes of a copy that wait are sent as they are, with the copy or without it", () => {
  const change = fc.record({
    table: fc.constantFrom("training_jobs" as const, "model_artifacts" as const),
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    isSentFirst: fc.boolean(),
    isRefused: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), (changes) => {
      const [kept, removed] = [true, false].map((isKept) => {
        store.close();
        store = openStore({ path: ":memory:", log: () => undefined });
        enableSync(store, { userId, projectUrl: "https://x.supabase.co" });
        const jobId = download();
        const outbox = new OutboxStore(store);
        for (const { table, name, isSentFirst, isRefused } of changes) {
          const id = table === "training_jobs" ? jobId : adapter.artifact.id;
          set(store, table, id, "name", name);
          if (isSentFirst) sent();
          const first = outbox.ofRow(table, id)[0];
          if (isRefused && first !== undefined) {
            outbox.save({ ...first, opId: randomUUID(), state: "quarantined", reason: "deleted" });
          }
        }
        if (!isKept) removeCopy(store, jobId);
        for (const entry of outbox.quarantined()) outbox.save({ ...entry, state: "pending" });
        return [sent(), store.prepare("SELECT count(*) AS n FROM sync_outbox").get()];
      });
      expect(removed).toEqual(kept);
    }),
    { numRuns: 40 },
  );
});

test("what was made here goes at the project, too, unless nothing of it was ever to go there", () => {
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  store
    .prepare("INSERT INTO runs (job_id, run_path, model_path, attempt_report) VALUES (?, ?, ?, ?)")
    .run(job, "/home/lab-1/runs/x", "/models/tiny", "{}");
  // Also when the computer had another name then.
  expect(deletionOfJob(store, job, "renamed")).toEqual({ reach: "project" });
  expect(deletionOfDataset(store, dataset)).toEqual({ reach: "project" });
  new KeepLocal(store).set("datasets", dataset, true);
  expect(deletionOfJob(store, job, HERE)).toEqual({ reach: "machine" });
  expect(deletionOfDataset(store, dataset)).toEqual({ reach: "machine" });
});

test("without an account there is nothing elsewhere", () => {
  const local = openStore({ path: ":memory:", log: () => undefined });
  const dataset = addDataset(local);
  const job = addJob(local, dataset);
  expect(deletionOfJob(local, job, HERE)).toEqual({ reach: "machine" });
  expect(deletionOfDataset(local, dataset)).toEqual({ reach: "machine" });
  local.close();
});

test("one that was fetched back to the very machine that made it is that machine's to delete", () => {
  const jobId = download();
  expect(deletionOfJob(store, jobId, "lab-2")).toEqual({ reach: "project" });
});

test("a copy of what the project no longer has says that it does not come back", () => {
  const jobId = download();
  const gone = { ...FEED, table: "training_jobs" as const, row_id: jobId, row: null };
  new MirrorStore(store).put({ ...gone, version: 2, action: "delete" });
  expect(deletionOfJob(store, jobId, HERE)).toMatchObject({ isInProject: false });
});
