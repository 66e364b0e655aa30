import { afterEach, beforeEach, expect, it } from "vitest";
import { openSyncBench, type SyncBench } from "./fixtures/open-sync-bench.ts";
import { addDataset, addJob, set } from "./fixtures/sync-bench.ts";
import { TinyProject } from "./fixtures/tiny-project.ts";
import type { Operation } from "./team-server.ts";

let project: TinyProject;
let bench: SyncBench;
let job: string;
let sent: Operation[];
/** Before the next batch arrives. */
let meanwhile: () => void;
let onFollow: () => unknown;

beforeEach(async () => {
  project = new TinyProject();
  sent = [];
  meanwhile = () => undefined;
  onFollow = () => undefined;
  bench = openSyncBench({
    follow: (id, state) => {
      onFollow();
      // Before that arrives, somebody asks for the opposite.
      if (state === "stopped") meanwhile = () => wish("running", 11);
      set(bench.store, "training_jobs", id, "desired_state", state);
      set(bench.store, "training_jobs", id, "status", state === "stopped" ? "stopped" : "queued");
    },
    server: {
      ...project.server,
      pushChanges: (operations) => {
        meanwhile();
        meanwhile = () => undefined;
        sent.push(...operations);
        return Promise.resolve(project.apply(operations));
      },
    },
  });
  job = addJob(bench.store, addDataset(bench.store));
  await bench.round();
  sent.length = 0;
});
afterEach(() => bench.close());

function wish(state: string, version: number): void {
  const row = { id: job, ...project.rows.get(`training_jobs ${job}`), desired_state: state };
  project.rows.set(`training_jobs ${job}`, row);
  const common = { op_id: null, action: "update" as const, columns: ["desired_state"] };
  project.news = [{ ...common, table: "training_jobs", row_id: job, version, previous: null, row }];
}

it("does not undo a newer wish by what it says of having followed the former", async () => {
  wish("stopped", 10);
  await bench.round();
  expect(sent.map(({ values }) => values)).toEqual([{ status: "stopped" }]);
  // The round read the newer wish, and followed it.
  expect(bench.wishes.map(({ state }) => state)).toEqual(["stopped", "running"]);
  expect(project.rows.get(`training_jobs ${job}`)).toMatchObject({ desired_state: "running" });
});

it("does what was asked last, where nothing could be said in between", async () => {
  wish("stopped", 10);
  // Followed, and paused before anything of it is sent.
  onFollow = () => bench.sync.requests["sync.pause"]({ isPaused: true }, "local");
  await bench.round();
  expect(sent).toEqual([]);
  onFollow = () => undefined;
  wish("running", 11);
  await bench.sync.requests["sync.pause"]({ isPaused: false }, "local");
  await bench.round();
  expect(bench.wishes.map(({ state }) => state)).toEqual(["stopped", "running"]);
  expect(project.rows.get(`training_jobs ${job}`)).toMatchObject({ desired_state: "running" });
});

it("says its own wish, also one that an older reading of the project has", async () => {
  wish("running", 1);
  await bench.round();
  for (const state of ["stopped", "running"]) {
    set(bench.store, "training_jobs", job, "desired_state", state);
    await bench.round();
    expect(project.rows.get(`training_jobs ${job}`)).toMatchObject({ desired_state: state });
  }
});
