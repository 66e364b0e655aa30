import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/open-store.ts";
import { listElsewhere } from "./elsewhere-rows.ts";
import { ElsewhereStore } from "./elsewhere-store.ts";
import { wishFor } from "./elsewhere-wish.ts";
import { MirrorStore } from "./mirror-store.ts";
import { OutboxStore } from "./outbox-store.ts";
import type { ProjectApi } from "../teams/project-api.ts";

const USER = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";
const HERE = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d11";
const THERE = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d12";
const ODD = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d13";

let store: Store;
let elsewhere: ElsewhereStore;
const logged: unknown[] = [];

beforeEach(() => {
  store = openStore({ path: ":memory:", log: () => undefined });
  elsewhere = new ElsewhereStore(store);
  logged.length = 0;
  for (const [index, id] of [HERE, THERE, ODD].entries()) {
    new MirrorStore(store).put({
      version: index + 1,
      op_id: null,
      table: "datasets",
      row_id: id,
      action: "insert",
      columns: [],
      previous: null,
      row: id === ODD ? { ...datasetRow(id), format: "of tomorrow" } : datasetRow(id),
    });
  }
  store
    .prepare(
      `INSERT INTO datasets (id, name, format, status, file_name, file_size_bytes,
         created_at, updated_at)
       VALUES (?, 'Here', 'messages', 'ready', 'a.jsonl', 1, ?, ?)`,
    )
    .run(HERE, "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.000Z");
  store
    .prepare("INSERT INTO dataset_imports (dataset_id, file_type) VALUES (?, 'jsonl')")
    .run(HERE);
});
afterEach(() => store.close());

function datasetRow(id: string): Record<string, unknown> {
  const time = "2026-03-01T10:00:00+00:00";
  const counts = { total_training_pairs: 1, total_validation_pairs: 0, total_tokens: 9 };
  const averages = { avg_turns_per_conversation: 2, avg_tokens_per_turn: 4.5 };
  return {
    id,
    user_id: USER,
    name: "Questions",
    description: "",
    format: "messages",
    status: "ready",
    storage_path: null,
    file_name: "a.jsonl",
    file_size_bytes: 1,
    sha256: "a".repeat(64),
    ...counts,
    ...averages,
    training_ready: true,
    validation_errors: null,
    sample_data: ["secret"],
    created_at: time,
    updated_at: time,
    deleted_at: null,
  };
}

const list = () => listElsewhere(elsewhere, (...line) => logged.push(line));

test("lists what this machine has not; what it does not understand is left out and logged", () => {
  const { datasets } = list();
  expect(datasets.map(({ id }) => id)).toEqual([THERE]);
  expect(JSON.stringify(datasets)).not.toContain("secret");
  expect(logged).toEqual([[expect.any(String), { table: "datasets", unknown: 1 }]]);
});

test("does not list what is being deleted from here", () => {
  new OutboxStore(store).add("datasets", THERE, "delete");
  expect(list().datasets).toEqual([]);
});

test("what others share is replaced whole, and tells whether it is other than before", () => {
  const rows = [{ table: "members" as const, id: USER, row: { userId: USER, email: "a@b.org" } }];
  expect(elsewhere.replaceShared(rows)).toBe(true);
  expect(elsewhere.replaceShared(rows)).toBe(false);
  expect(list().members).toEqual([{ userId: USER, email: "a@b.org" }]);
  expect(elsewhere.replaceShared([])).toBe(true);
  expect(list().members).toEqual([]);
});

test("what this machine has by now is not listed twice; a dataset's row alone is not the dataset", () => {
  const shared = [HERE, THERE].map((id) => ({
    table: "datasets" as const,
    id,
    row: { ...datasetRow(id), sample_data: undefined, validation_errors: undefined },
  }));
  store.prepare("DELETE FROM sync_mirror").run();
  elsewhere.replaceShared(shared);
  expect(list().datasets.map(({ id }) => id)).toEqual([THERE]);
  store.prepare("UPDATE dataset_imports SET file_type = NULL").run();
  expect(list().datasets.map(({ id }) => id)).toEqual([HERE, THERE]);
});

test("one shared row is given whole, with what is not shown as nothing", () => {
  const { sample_data: _sample, validation_errors: _errors, ...row } = datasetRow(THERE);
  elsewhere.replaceShared([{ table: "datasets", id: THERE, row }]);
  expect(elsewhere.sharedRow("datasets", THERE)).toEqual({
    ...row,
    sample_data: null,
    validation_errors: null,
  });
  expect(elsewhere.sharedRow("datasets", HERE)).toBeNull();
});

test("a job of this machine is stopped as such, not asked through the project", async () => {
  store
    .prepare(
      `INSERT INTO training_jobs (id, dataset_id, name, preset_id, base_model, hyperparameters,
         gpu_config, workstation, status, created_at, updated_at)
       VALUES (?, ?, 'Run', 'balanced', 'tiny', '{}', '{"kind":"cpu"}', 'here', 'running', ?, ?)`,
    )
    .run(THERE, HERE, "2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00.000Z");
  const outbox = new OutboxStore(store);
  // It fails before the project is asked.
  const api = {} as ProjectApi;
  const wish = { jobId: THERE, desiredState: "stopped" } as const;
  await expect(wishFor(wish, { store: elsewhere, outbox, api })).rejects.toMatchObject({
    kind: "conflict",
  });
  expect(outbox.ofRow("training_jobs", THERE)).toEqual([]);
});
