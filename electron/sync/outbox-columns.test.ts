import { expect, it } from "vitest";
import { syncTableSchema } from "../../shared/contract/sync.ts";
import { teamRowSchemas } from "../../shared/types/team-rows.ts";
import { openStore } from "../store/open-store.ts";
import { addArtifact, addDataset, addJob } from "./fixtures/sync-bench.ts";
import { enableSync } from "./outbox-adoption.ts";
import { columnsOf, isSameValue } from "./outbox-columns.ts";
import { OutboxStore } from "./outbox-store.ts";

/** Whose rows these are and when the server last touched them is for the server to say. */
const UNSENT = new Set(["id", "user_id", "updated_at"]);

it.each(syncTableSchema.options)(
  "sends every column of %s that is the machine's to say",
  (table) => {
    const all = Object.keys(teamRowSchemas[table].shape).filter((name) => !UNSENT.has(name));
    expect(columnsOf(table).toSorted()).toEqual(all.toSorted());
  },
);

it("notices a change of any of them", () => {
  const store = openStore({ path: ":memory:", log: () => undefined });
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  const artifact = addArtifact(store, job, dataset);
  enableSync(store, { userId: "user", projectUrl: "http://project.example" });
  store.prepare("PRAGMA foreign_keys = OFF").run();
  // Other values, whatever they mean: only that they differ matters here.
  store.prepare("PRAGMA ignore_check_constraints = ON").run();
  const outbox = new OutboxStore(store);
  const rows = { datasets: dataset, training_jobs: job, model_artifacts: artifact } as const;
  for (const table of ["datasets", "training_jobs", "model_artifacts"] as const) {
    for (const column of columnsOf(table)) {
      store.prepare("DELETE FROM sync_outbox").run();
      store.prepare(`UPDATE ${table} SET ${column} = '7' WHERE id = ?`).run(rows[table]);
      expect(outbox.ofRow(table, rows[table])).toMatchObject([
        { action: "update", columns: [column] },
      ]);
      store.prepare("DELETE FROM sync_outbox").run();
      store.prepare(`UPDATE ${table} SET ${column} = ${column} WHERE id = ?`).run(rows[table]);
      expect(outbox.ofRow(table, rows[table])).toEqual([]);
    }
  }
  store.close();
});

it("knows equal values by what they say", () => {
  expect(isSameValue("datasets", "sample_data", '[{"b":1,"a":2}]', [{ a: 2, b: 1 }])).toBe(true);
  expect(isSameValue("datasets", "training_ready", 1, true)).toBe(true);
  const [local, server] = ["2026-03-01T10:00:00.000Z", "2026-03-01T11:00:00+01:00"];
  expect(isSameValue("datasets", "created_at", local, server)).toBe(true);
  expect(isSameValue("cost_records", "amount", 0.1234567, 0.123457)).toBe(true);
  expect(isSameValue("cost_records", "amount", 0.1234, 0.1235)).toBe(false);
  expect(isSameValue("datasets", "deleted_at", null, server)).toBe(false);
});
