import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "../store/open-store.ts";
import { deleteElsewhere } from "./elsewhere-deletion.ts";
import type { ElsewhereTable } from "./elsewhere-store.ts";
import { addDataset, addJob } from "./fixtures/sync-bench.ts";
import { enableSync } from "./outbox-adoption.ts";
import { OutboxStore } from "./outbox-store.ts";

const userId = "00000000-0000-4000-8000-000000000001";
const NOW = new Date("2026-03-10T10:00:00.000Z");
let store: Store;
beforeEach(() => {
  store = openStore({ path: ":memory:", log: () => undefined });
  enableSync(store, { userId, projectUrl: "http://p.example" });
});
afterEach(() => store.close());

function mirror(table: ElsewhereTable, row: Record<string, unknown>): string {
  const id = randomUUID();
  store
    .prepare("INSERT INTO sync_mirror VALUES (?, ?, 1, ?, 0)")
    .run(table, id, JSON.stringify({ id, user_id: userId, ...row }));
  return id;
}
const job = (status: string, updatedAt = "2026-03-10T09:00:00+00:00") =>
  mirror("training_jobs", { name: "Run", status, workstation: "lab-9", updated_at: updatedAt });
const adapter = (jobId: string) =>
  mirror("model_artifacts", {
    job_id: jobId,
    storage_path: `${userId}/${"a".repeat(64)}/lora-desk-manifest.json`,
    files: [{ name: "adapter_model.safetensors", bytes: 5 }],
  });
const remove = (table: ElsewhereTable, id: string) =>
  deleteElsewhere({ table, id }, { store, now: () => NOW, createId: randomUUID });
const outbox = () =>
  store
    .prepare("SELECT action, table_name, row_id FROM sync_outbox ORDER BY seq")
    .all()
    .map((row) => Object.values(row));
const objects = () =>
  store
    .prepare("SELECT object_name, state, row_id FROM transfers ORDER BY seq")
    .all()
    .map((row) => Object.values(row));

test("a job goes after its adapters, whose files are owed to be removed", () => {
  const gone = job("completed");
  const made = adapter(gone);
  const other = adapter(job("completed"));
  remove("training_jobs", gone);
  expect(outbox()).toEqual([
    ["delete", "model_artifacts", made],
    ["delete", "training_jobs", gone],
  ]);
  const folder = `${userId}/${"a".repeat(64)}`;
  expect(objects()).toEqual([
    [`${folder}/adapter_model.safetensors`, "cancelled", made],
    [`${folder}/lora-desk-manifest.json`, "cancelled", made],
  ]);
  remove("training_jobs", gone);
  expect([outbox(), objects()]).toMatchObject([{ length: 2 }, { length: 2 }]);
  remove("model_artifacts", other);
  expect(outbox()).toHaveLength(3);
});

test("a wish that was not sent goes with it; one that may be there is followed by the deletion", () => {
  const [waiting, sent] = [job("stopped"), job("stopped")];
  for (const id of [waiting, sent]) {
    new OutboxStore(store).add("training_jobs", id, "update", {
      columns: ["desired_state"],
      given: { desired_state: "running" },
    });
  }
  store.prepare("UPDATE sync_outbox SET state = 'sent' WHERE row_id = ?").run(sent);
  remove("training_jobs", waiting);
  remove("training_jobs", sent);
  expect(outbox()).toEqual([
    ["update", "training_jobs", sent],
    ["delete", "training_jobs", waiting],
    ["delete", "training_jobs", sent],
  ]);
});

test("a job under way is left alone until its machine has been silent for a day", () => {
  const running = job("running");
  expect(() => remove("training_jobs", running)).toThrow(/running on lab-9.*Ask it to stop first/);
  expect(outbox()).toEqual([]);
  remove("training_jobs", job("running", "2026-03-09T09:00:00+00:00"));
  expect(outbox()).toHaveLength(1);
});

test("what is here is deleted here, and a colleague's is not ours to delete", () => {
  const here = addJob(store, addDataset(store));
  expect(() => remove("training_jobs", here)).toThrow(/on this machine/);
  const theirs = randomUUID();
  store.prepare("INSERT INTO sync_shared VALUES ('datasets', ?, '{}')").run(theirs);
  expect(() => remove("datasets", theirs)).toThrow(/theirs to delete/);
});
