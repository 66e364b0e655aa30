import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SyncAccountStore } from "../sync/sync-account-store.ts";
import { JobBench } from "./fixtures/job-bench.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
  new SyncAccountStore(bench.store).create(randomUUID(), "http://project.example");
});
afterEach(() => bench.close());

const owed = () =>
  bench.store.prepare("SELECT row_id FROM sync_outbox WHERE table_name = 'training_jobs'").all();

test("a job that is to stay here is kept from its first moment on", async () => {
  const { id } = await bench.create({ keepLocal: true });
  expect(bench.store.prepare("SELECT * FROM sync_kept_local").all()).toEqual([
    { table_name: "training_jobs", row_id: id },
  ]);
  expect(owed()).toEqual([]);
  const other = await bench.create();
  expect(owed()).toEqual([{ row_id: other.id }]);
});
