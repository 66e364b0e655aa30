import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MetricsStore } from "../jobs/metrics-store.ts";
import { openStore, type Store } from "../store/open-store.ts";
import {
  addArtifact,
  addCost,
  addDataset,
  addJob,
  addNotice,
  completeJob,
} from "../sync/fixtures/sync-bench.ts";
import { KeepLocal } from "../sync/keep-local.ts";
import { enableSync } from "../sync/outbox-adoption.ts";
import { databasePath } from "./account-paths.ts";
import { adoptLocal } from "./adopt-local.ts";
import { isMarkedAdopted } from "./adopted-mark.ts";
import { TAKEN_TABLES } from "./bring-in-local.ts";

const id = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
const account = { userId: "00000000-0000-4000-8000-000000000001", projectUrl: "http://p.example" };
const log = () => undefined;
let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lora-desk-bring-in-"));
  mkdirSync(dirname(databasePath(home, id)), { recursive: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

const options = (homePath = home) => ({ homePath, now: () => new Date(0), log });

function within<T>(accountId: string | null, work: (store: Store) => T, homePath = home): T {
  const store = openStore({ path: databasePath(homePath, accountId), log });
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** A dataset, its run with a curve, what the run made and cost, and one that is kept local. */
function work(store: Store): Record<"dataset" | "job" | "kept" | "keptJob", string> {
  const dataset = addDataset(store);
  const job = addJob(store, dataset);
  const kept = addDataset(store, randomUUID(), "Kept");
  new KeepLocal(store).set("datasets", kept, true);
  const keptJob = addJob(store, kept);
  for (const jobId of [job, keptJob]) {
    store
      .prepare(
        `INSERT INTO runs (job_id, run_path, model_path, attempt_report, queue_rank)
         VALUES (?, 'runs/x', 'm', '{}', 2)`,
      )
      .run(jobId);
    const point = { kind: "step", epoch: 0, loss: 1, learningRate: 0.1, tokens: 1 } as const;
    const more = { tokensPerSecond: 1, stepMs: 1, memoryMb: 1, recordedAtMs: 1000 };
    const points = Array.from({ length: 300 }, (_, step) => ({
      ...point,
      ...more,
      step,
      gradientNorm: step,
    }));
    new MetricsStore(store).save(jobId, points);
    store
      .prepare(
        `INSERT INTO run_samples (job_id, step, attempt, prompt, text, at)
         VALUES (?, 1, 1, 'Q', 'A', '2026-03-01T10:00:00.000Z')`,
      )
      .run(jobId);
  }
  completeJob(store, job, addArtifact(store, job, dataset));
  addCost(store, job);
  addNotice(store, job);
  return { dataset, job, kept, keptJob };
}

const ids = (store: Store, table: string) =>
  store
    .prepare(`SELECT id FROM ${table} ORDER BY id`)
    .all()
    .map((row) => String(row["id"]));
const curve = (store: Store, jobId: string) =>
  new MetricsStore(store)
    .list(jobId, 0, 1000)
    .map(({ step, gradientNorm }) => [step, gradientNorm]);

test("the work is in the account's file beside what that has, and owed to its project", () => {
  const local = within(null, work);
  const before = within(null, (store) => curve(store, local.job));
  const theirs = within(id, (store) => {
    enableSync(store, account);
    return work(store);
  });
  within(id, (store) => store.prepare("DELETE FROM sync_outbox").run());
  adoptLocal(options(), id);

  expect(existsSync(databasePath(home, null))).toBe(false);
  expect(readdirSync(home)).toContain("lora-desk.db.adopted-1970-01-01T00-00-00.000Z");
  within(id, (store) => {
    const both = (...of: string[]) => expect.arrayContaining(of) as unknown;
    expect(ids(store, "datasets")).toEqual(
      both(local.dataset, local.kept, theirs.dataset, theirs.kept),
    );
    expect(ids(store, "training_jobs")).toHaveLength(4);
    expect(curve(store, local.job)).toEqual(before);
    expect(curve(store, theirs.job)).toEqual(before);
    expect(store.prepare("SELECT count(*) AS n FROM run_samples").get()?.["n"]).toBe(4);
    expect(store.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
    const rank = store.prepare("SELECT queue_rank AS rank FROM runs WHERE job_id = ?");
    expect([rank.get(theirs.job)?.["rank"], rank.get(local.job)?.["rank"]]).toEqual([2, 5]);
    const owed = store.prepare("SELECT table_name AS name, row_id, action FROM sync_outbox").all();
    expect(owed.map(({ name, action }) => `${String(action)} ${String(name)}`).sort()).toEqual([
      "insert cost_records",
      "insert datasets",
      "insert model_artifacts",
      "insert notifications",
      "insert training_jobs",
    ]);
    expect(owed.map((row) => row["row_id"])).toEqual(both(local.dataset, local.job));
    const blocks = store.prepare("SELECT count(*) AS n FROM sync_metrics WHERE job_id = ?");
    expect(blocks.get(local.job)?.["n"]).toBe(3);
    expect(new KeepLocal(store).list().jobs).toEqual(both(local.keptJob, theirs.keptJob));
  });
});

test("it is told by the account's own channels; by those of the local work where it has none", () => {
  const hooks = (url: string) =>
    JSON.stringify({ noticeHooks: { webhooks: [{ url, kind: "slack" }] }, theme: "dark" });
  const write = (accountId: string | null, value: string) =>
    within(accountId, (store) =>
      store.prepare("INSERT OR REPLACE INTO settings VALUES (1, ?)").run(value),
    );
  const url = () =>
    within(id, (store) => store.prepare("SELECT value FROM settings").get()?.["value"]);
  for (const [theirs, expected] of [
    ['{"theme":"light"}', /"theme":"light".*local\.example/],
    [hooks("http://account.example"), /account\.example/],
  ] as const) {
    write(null, hooks("http://local.example"));
    write(id, theirs);
    adoptLocal(options(), id);
    expect(url()).toMatch(expected);
  }
});

test("an account's own file in the place of the local work is not taken apart", () => {
  within(null, (store) => enableSync(store, account));
  within(id, work);
  expect(() => adoptLocal(options(), id)).toThrow(/an account’s own file/);
  expect(existsSync(databasePath(home, null))).toBe(true);
});

test("not while another program has the account's file open", () => {
  within(null, work);
  within(id, work);
  const other = new DatabaseSync(databasePath(home, id));
  const rows = other.prepare("SELECT id FROM datasets").iterate();
  rows.next();
  expect(() => adoptLocal(options(), id)).toThrow(/another program/);
  rows.return?.();
  other.close();
  within(id, (store) => expect(ids(store, "datasets")).toHaveLength(2));
  adoptLocal(options(), id);
  within(id, (store) => expect(ids(store, "datasets")).toHaveLength(4));
});

test("wherever it is killed the work is in exactly one file that counts, and the next one ends it", () => {
  const local = within(null, work);
  within(id, (store) => {
    enableSync(store, account);
    work(store);
  });
  // What is on the disk when a process is killed is what a copy made at that moment holds.
  const original = <K extends "exec" | "prepare">(name: K) =>
    Object.getOwnPropertyDescriptor(DatabaseSync.prototype, name)?.value as DatabaseSync[K];
  const exec = original("exec");
  const prepare = original("prepare");
  let taken = 0;
  const kills = mkdtempSync(join(tmpdir(), "lora-desk-bring-in-kills-"));
  const snapshot = () => {
    taken += 1;
    cpSync(home, join(kills, String(taken)), { recursive: true });
  };
  try {
    vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, sql) {
      snapshot();
      exec.call(this, sql);
      snapshot();
    });
    vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (
      this: DatabaseSync,
      sql,
    ) {
      snapshot();
      return prepare.call(this, sql);
    });
    adoptLocal(options(), id);
    vi.restoreAllMocks();
    expect(taken).toBeGreaterThan(50);

    let moved = 0;
    for (const name of readdirSync(kills)) {
      const killed = join(kills, name);
      const from = databasePath(killed, null);
      const isLocal = existsSync(from) && !isMarkedAdopted(from);
      const inLocal =
        isLocal && within(null, (s) => ids(s, "datasets"), killed).includes(local.dataset);
      const inAccount = within(id, (s) => ids(s, "datasets"), killed).includes(local.dataset);
      expect([inLocal, inAccount].filter(Boolean), `killed at ${name}`).toHaveLength(1);
      if (inAccount) moved += 1;

      adoptLocal(options(killed), id);
      expect(existsSync(from)).toBe(false);
      within(
        id,
        (store) => {
          expect(ids(store, "datasets")).toHaveLength(4);
          expect(curve(store, local.job)).toHaveLength(300);
          expect(store.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
          const owed = store.prepare("SELECT count(*) AS n FROM sync_outbox WHERE row_id = ?");
          expect(owed.get(local.dataset)?.["n"]).toBe(1);
        },
        killed,
      );
    }
    expect(moved).toBeGreaterThan(0);
  } finally {
    rmSync(kills, { recursive: true, force: true });
  }
});

test("no table is forgotten", () => {
  const own = /^(sync_|transfers$|queue_state$|notice_deliveries$|sqlite_)/;
  const tables = within(id, (store) =>
    store
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name)),
  );
  const left = tables.filter((name) => !own.test(name) && !TAKEN_TABLES.includes(name));
  expect(left).toEqual([]);
  expect(TAKEN_TABLES.filter((name) => !tables.includes(name))).toEqual([]);
});
