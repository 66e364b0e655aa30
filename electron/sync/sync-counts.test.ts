import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { NOTHING_OWED } from "../../shared/not-in-project-words.ts";
import { lookInto, unsynced } from "../accounts/look-into-file.ts";
import { stepPoint } from "../jobs/fixtures/metrics-bench.ts";
import { MetricsStore } from "../jobs/metrics-store.ts";
import { openStore, type Store } from "../store/open-store.ts";
import { TransferStore } from "../transfers/transfer-store.ts";
import { addArtifact, addCost, addDataset, addJob, addNotice, set } from "./fixtures/sync-bench.ts";
import { KeepLocal } from "./keep-local.ts";
import { enableSync } from "./outbox-adoption.ts";
import { countRows } from "./sync-counts.ts";

const ACCOUNT = { userId: randomUUID(), projectUrl: "http://project.example" };
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function openFile(): { store: Store; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "lora-desk-counts-"));
  folders.push(folder);
  const path = join(folder, "lora-desk.db");
  const store = openStore({ path, log: () => undefined });
  enableSync(store, ACCOUNT);
  return { store, path };
}

/** As a dataset with a file is: so that it is due to be stored. */
function addDatasetFile(store: Store): string {
  const id = addDataset(store);
  store
    .prepare(
      "INSERT INTO dataset_imports (dataset_id, rows, longest_row_characters, file_type) VALUES (?, 1, 1, 'jsonl')",
    )
    .run(id);
  return id;
}

function addUpload(transfers: TransferStore, rowId: string): string {
  const id = randomUUID();
  transfers.insert({
    id,
    direction: "upload",
    table: "datasets",
    rowId,
    part: "only",
    fileName: "rows.jsonl",
    bucket: "lora-datasets",
    objectName: "a/b/c",
    contentType: "text/plain",
    sha256: "a".repeat(64),
    path: "rows.jsonl",
    stamp: null,
    bytesTotal: 9,
  });
  return id;
}

it("counts changes, points and files that are not in the project, in the open file and from outside", () => {
  const { store, path } = openFile();
  const look = () => {
    const { synced: _, keptLocal: __, ofColleagues: ___, ...missing } = countRows(store);
    // Whoever looks at an account that is not open is told the same.
    expect(lookInto(path, NOTHING_OWED, unsynced)).toEqual(missing);
    return missing;
  };
  expect(look()).toEqual(NOTHING_OWED);
  const dataset = addDatasetFile(store);
  const job = addJob(store, dataset);
  const artifact = addArtifact(store, job, dataset);
  set(store, "model_artifacts", artifact, "files", '[{"name":"a"},{"name":"b"}]');
  new MetricsStore(store).save(job, [stepPoint(1, 1), stepPoint(2, 1)]);
  // An adapter's two files come with a list of them.
  const all = { waiting: 3, waitingPoints: 2, waitingCurves: 1, waitingFiles: 1 + 3 };
  expect(look()).toEqual({ ...NOTHING_OWED, ...all });

  store.prepare("UPDATE sync_outbox SET state = 'quarantined' WHERE table_name = 'datasets'").run();
  const transfers = new TransferStore(store, () => new Date());
  const upload = addUpload(transfers, dataset);
  expect(look()).toMatchObject({ waiting: 2, attention: 1, waitingFiles: 4, failedFiles: 0 });
  transfers.setState(upload, "failed", { kind: "conflict", message: "The file has changed." });
  expect(look()).toMatchObject({ waitingFiles: 3, failedFiles: 1 });
  transfers.setState(upload, "paused");
  expect(look()).toMatchObject({ waitingFiles: 4, failedFiles: 0 });
  // Of what is kept local nothing is on its way to the project, but perhaps still out of it.
  const keep = "INSERT INTO sync_kept_local VALUES ('datasets', ?)";
  store.prepare(keep).run(dataset);
  expect(look()).toMatchObject({ waitingFiles: 0, failedFiles: 0 });
  store.prepare("DELETE FROM sync_kept_local").run();
  transfers.setState(upload, "done");
  expect(look()).toMatchObject({ waitingFiles: 3, failedFiles: 0 });

  store.prepare("DELETE FROM sync_outbox").run();
  store.prepare("DELETE FROM sync_metrics").run();
  set(store, "model_artifacts", artifact, "storage_path", "a/b/c");
  store.prepare("DELETE FROM sync_outbox").run();
  expect(look()).toEqual(NOTHING_OWED);
  store.close();
});

it("calls nothing kept local that is a colleague's, and lets nobody send it", () => {
  const { store } = openFile();
  const own = addDataset(store);
  store.prepare("DELETE FROM sync_outbox").run();
  const kept = addDataset(store);
  const keepLocal = new KeepLocal(store);
  keepLocal.set("datasets", kept, true);
  addJob(store, kept);
  const colleague = randomUUID();
  const mark = store.prepare("INSERT INTO sync_kept_local VALUES (?, ?)");
  store.prepare("INSERT INTO sync_applying (id) VALUES (1)").run();
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  const artifact = addArtifact(store, job, dataset);
  for (const [table, id] of [
    ["datasets", dataset],
    ["training_jobs", job],
    ["model_artifacts", artifact],
  ] as const) {
    set(store, table, id, "user_id", colleague);
    mark.run(table, id);
  }
  store.prepare("DELETE FROM sync_applying").run();
  // What is noted here of the colleague's job is no more to be sent than the job.
  addCost(store, job);
  addNotice(store, job);
  expect(countRows(store)).toEqual({ ...NOTHING_OWED, synced: 1, keptLocal: 2, ofColleagues: 5 });

  expect(() => keepLocal.set("training_jobs", job, false)).toThrow(/colleague/);
  expect(() => keepLocal.set("datasets", dataset, false)).toThrow(/colleague/);
  set(store, "datasets", own, "user_id", ACCOUNT.userId);
  expect(countRows(store)).toMatchObject({ synced: 1, keptLocal: 2, ofColleagues: 5, waiting: 0 });
  store.close();
});
