import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { OutboxWorld } from "./fixtures/outbox-world.ts";
import {
  addArtifact,
  addCost,
  addDataset,
  addJob,
  addNotice,
  completeJob,
  set,
} from "./fixtures/sync-bench.ts";
import { openStore } from "../store/open-store.ts";
import { OutboxStore } from "./outbox-store.ts";

const folder = mkdtempSync(join(tmpdir(), "lora-desk-outbox-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Migrated once, and copied for every world. */
const blank = join(folder, "blank.db");
openStore({ path: blank, log: () => undefined }).close();
let files = 0;

function withWorld(work: (world: OutboxWorld) => void): void {
  files += 1;
  const path = join(folder, `${files}.db`);
  copyFileSync(blank, path);
  const world = new OutboxWorld(path);
  try {
    work(world);
  } finally {
    world.close();
  }
}

/** Small, so that steps meet on the same rows. */
const number = fc.nat(5);
const fate = fc.constantFrom("answered", "lost", "unheard", "half", "some");
const stepSchema = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("dataset" as const), n: number }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("job" as const), n: number }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("adapter" as const), n: number }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cost" as const), n: number }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("notice" as const), n: number }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("rename" as const), n: number }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("progress" as const), n: number }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("read" as const), n: number }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hide" as const), n: number }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deleteJob" as const), n: number }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("keep" as const), n: number, is: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("refuse" as const), n: number }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("push" as const), limit: fc.nat(6), fate }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("retry" as const), n: number }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("discard" as const), n: number }) },
);
type Step = typeof stepSchema extends fc.Arbitrary<infer T> ? T : never;

function pick(ids: readonly string[], n: number): string | undefined {
  return ids[n % Math.max(1, ids.length)];
}

function take(world: OutboxWorld, step: Step): void {
  const { store } = world;
  const [datasets, jobs] = [world.ids("datasets"), world.ids("training_jobs")];
  const n = "n" in step ? step.n : 0;
  const dataset = pick(datasets, n);
  const job = pick(jobs, n);
  const datasetOfJob = () =>
    String(new OutboxStore(store).row("training_jobs", String(job))?.["dataset_id"]);
  switch (step.do) {
    case "dataset":
      return void addDataset(store, world.nextId(), `D${n}`);
    case "job":
      return void (dataset && addJob(store, dataset, world.nextId()));
    case "adapter": {
      if (job === undefined) return;
      const id = addArtifact(store, job, datasetOfJob(), world.nextId());
      return completeJob(store, job, id);
    }
    case "cost":
      return void addCost(store, job ?? null, world.nextId());
    case "notice":
      return void addNotice(store, job ?? null, world.nextId());
    case "rename":
      return void (dataset && set(store, "datasets", dataset, "name", `N${n}`));
    case "progress":
      return void (job && set(store, "training_jobs", job, "current_step", n));
    case "read": {
      const id = pick(world.ids("notifications"), n);
      return void (id && set(store, "notifications", id, "read", 1));
    }
    case "hide":
      return void (
        dataset &&
        set(
          store,
          "datasets",
          dataset,
          "deleted_at",
          n % 2 === 0 ? null : "2026-01-01T00:00:00.000Z",
        )
      );
    case "deleteJob":
      return void (job && store.prepare("DELETE FROM training_jobs WHERE id = ?").run(job));
    case "keep":
      if (n % 2 === 0 && dataset) world.keep("datasets", dataset, step.is);
      else if (job) world.keep("training_jobs", job, step.is);
      return;
    case "refuse": {
      const key = n % 2 === 0 ? `datasets ${dataset}` : `training_jobs ${job}`;
      return void world.project.refusing.add(key);
    }
    case "crash":
      return world.crash();
    case "push":
      return void world.push(step.limit + 1, step.fate);
    case "retry":
      return world.decide(n, "retry");
    case "discard":
      return world.decide(n, "discard");
  }
}

it("loses and doubles nothing, whatever is written, sent, answered and lost in between", () => {
  fc.assert(
    fc.property(fc.array(stepSchema, { minLength: 5, maxLength: 50, size: "max" }), (steps) =>
      withWorld((world) => {
        world.check();
        let discarded = false;
        for (const step of steps) {
          take(world, step);
          discarded ||= step.do === "discard";
          world.check();
        }
        world.settle();
        world.compare(discarded);
      }),
    ),
    { numRuns: 100 },
  );
}, 60_000);

it("puts further changes of a row into its entry, and behind one that may be on its way", () => {
  withWorld((world) => {
    const { store } = world;
    const outbox = new OutboxStore(store);
    const id = addDataset(store);
    set(store, "datasets", id, "name", "One");
    expect(outbox.ofRow("datasets", id)).toMatchObject([{ action: "insert", state: "pending" }]);
    world.push(1, "unheard");
    set(store, "datasets", id, "name", "Two");
    set(store, "datasets", id, "description", "Note");
    expect(outbox.ofRow("datasets", id)).toMatchObject([
      { action: "insert", state: "sent", values: { name: "One" } },
      { action: "update", state: "pending", columns: ["description", "name"] },
    ]);
    world.push(1, "answered");
    expect(outbox.ofRow("datasets", id)).toMatchObject([{ action: "update" }]);
    world.push(1, "answered");
    expect(outbox.ofRow("datasets", id)).toEqual([]);
    world.compare(false);
  });
});

it("forgets a row that was deleted before anything of it was sent", () => {
  withWorld((world) => {
    const dataset = addDataset(world.store);
    const job = addJob(world.store, dataset);
    addArtifact(world.store, job, dataset);
    world.store.prepare("DELETE FROM training_jobs WHERE id = ?").run(job);
    expect(new OutboxStore(world.store).sendable(new Set(), 10)).toMatchObject([
      { table: "datasets", action: "insert" },
    ]);
  });
});

it("writes nothing into the outbox while a dataset is being imported", () => {
  withWorld(({ store }) => {
    const id = "00000000-0000-4000-9000-000000000000";
    store
      .prepare(
        `INSERT INTO datasets (id, name, status, file_name, file_size_bytes, created_at, updated_at)
         VALUES (?, 'New', 'importing', 'a.jsonl', 1, 'now', 'now')`,
      )
      .run(id);
    set(store, "datasets", id, "sha256", "b".repeat(64));
    expect(new OutboxStore(store).ofRow("datasets", id)).toEqual([]);
    store.prepare("DELETE FROM datasets WHERE id = ?").run(id);
    expect(new OutboxStore(store).ofRow("datasets", id)).toEqual([]);
  });
});
