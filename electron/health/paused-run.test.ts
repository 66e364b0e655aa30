import { afterEach, beforeEach, expect, test } from "vitest";
import { noticeHooksSchema } from "../../shared/contract/notifications.ts";
import { JobBench } from "../jobs/fixtures/job-bench.ts";
import { TrainerFiles } from "../jobs/fixtures/trainer-files.ts";
import type { OpenJobSupervisorOptions } from "../jobs/open-job-supervisor.ts";
import { type Notices, openNotices } from "../notices/open-notices.ts";
import { DiskPauseStore } from "./disk-pause-store.ts";
import { type HealthWatch, openHealthWatch } from "./open-health-watch.ts";
import { watchedJobs } from "./watched-jobs.ts";

/* The watch with the real queue, ledger and store; the disk is played. */

let bench: JobBench;
let health: HealthWatch;
let notices: Notices;
let freeBytes = 100e9;
let logged: string[] = [];
const over: Partial<OpenJobSupervisorOptions> = {
  reasonToWait: (id) => health.reasonToWait(id),
  onTransitions: (id, transitions) => notices.addOfJob(id, transitions),
};

beforeEach(async () => {
  freeBytes = 100e9;
  logged = [];
  bench = await JobBench.open(over);
  await open();
});
afterEach(async () => {
  await health.close();
  await notices.close();
  await bench.close();
});

/** A run that has trained ten steps; the disk is full from now on. */
async function trainUntilFull() {
  const job = await bench.create();
  const runner = await bench.runners.next();
  const trainer = new TrainerFiles(runner);
  trainer.plan(20);
  trainer.steps(1, 10, () => 1);
  await bench.stepSeen(job.id, 10);
  freeBytes = 0.5e9;
  return { job, runner, trainer };
}

async function open(): Promise<void> {
  const { store, hub, homePath } = bench;
  const pauses = new DiskPauseStore(store);
  const log = (message: string) => void logged.push(message);
  const shared = { store, now: () => new Date(), log };
  notices = openNotices({
    ...shared,
    homePath,
    publish: hub.publish,
    hooks: () => noticeHooksSchema.parse({}),
    setHooks: () => undefined,
    createId: () => "0b0e7e5c-2f43-4a63-9d3c-6b7a0f3a1c55",
    isSilent: (id, { to }) => to === "stopped" && pauses.find(id)?.state === "stopping",
  });
  health = openHealthWatch({
    ...shared,
    jobs: watchedJobs(() => bench.jobs),
    subscribe: (topic, listener, key) => hub.subscribe(topic, listener, key),
    gpus: {
      keepWatching: () => () => undefined,
      onSample: () => () => undefined,
      onFault: () => () => undefined,
      faults: () => [],
    },
    addNotice: (draft) => notices.add(draft),
    freeBytes: () => Promise.resolve(freeBytes),
    lookEveryMs: 1_000_000,
  });
  await health.start();
}

const titles = async () =>
  (await notices.requests["notices.list"]({ limit: 50 }, "local")).notices.map(
    ({ title }) => title,
  );

test("a run whose disk fills is stopped with a checkpoint and goes on when there is room", async () => {
  const { job, runner, trainer } = await trainUntilFull();
  await health.look();
  await bench.reached(job.id, "stopping");
  expect(await bench.get(job.id)).toMatchObject({ health: { kind: "disk_low" } });
  trainer.emit({ type: "checkpoint", step: 10, path: "checkpoints/step-00000010", bytes: 1 });
  trainer.exit("stopped", 10);
  await runner.exit(0);
  const held = await bench.heard(
    "jobs.changed",
    (each) => each.status === "queued" && each.waitingFor !== null,
  );
  expect(held).toMatchObject({
    waitingFor: expect.stringContaining("waits until 2.0 GB are free"),
  });

  // The app ends and starts again: it is still held.
  await health.close();
  await notices.close();
  await bench.reopen(over);
  await open();
  await health.look();
  expect(await bench.get(job.id)).toMatchObject({ status: "queued", attempt: 1 });

  freeBytes = 100e9;
  await health.look();
  const again = new TrainerFiles(await bench.runners.next());
  again.plan(20, 10);
  await bench.heard("jobs.changed", ({ status, attempt }) => status === "running" && attempt === 2);
  expect((await titles()).toReversed()).toEqual([
    "Paused, the disk is nearly full: First run",
    "Resumed: First run",
  ]);
});

test("a pause that an app noted and could not carry out any more is carried out", async () => {
  const { job } = await trainUntilFull();
  const noted = {
    jobId: job.id,
    neededBytes: 2e9,
    runPath: job.runPath,
    state: "stopping",
  } as const;
  new DiskPauseStore(bench.store).save(noted, "2026-03-01T10:00:00.000Z");
  await health.look();
  await bench.reached(job.id, "stopping");
  expect(bench.store.prepare("SELECT count(*) AS count FROM disk_pauses").get()?.["count"]).toBe(1);
});

test("a paused run that is discarded stays away", async () => {
  const { job, runner, trainer } = await trainUntilFull();
  await health.look();
  await bench.reached(job.id, "stopping");
  const removed = bench.heard("jobs.removed", ({ id }) => id === job.id);
  const wish = { id: job.id, mode: "discard", graceSeconds: null } as const;
  await bench.jobs.requests["jobs.stop"](wish, "local");
  trainer.exit("stopped", 10);
  await runner.exit(0);
  await removed;
  const stood = bench.published.flatMap(({ topic, data }) =>
    topic === "jobs.changed" ? (data as { status: string }).status : [],
  );
  expect(stood.slice(stood.indexOf("stopping"))).not.toContain("queued");
});

test("a database that cannot be written ends neither the watch nor the core", async () => {
  const { job, runner, trainer } = await trainUntilFull();
  await health.look();
  await bench.reached(job.id, "stopping");
  bench.store
    .prepare(
      `CREATE TRIGGER full BEFORE UPDATE ON disk_pauses BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    )
    .run();
  trainer.exit("stopped", 10);
  await runner.exit(0);
  await bench.reached(job.id, "stopped");
  await expect.poll(() => logged.join()).toContain("could not be followed");
  bench.store.prepare("DROP TRIGGER full").run();
  // The next start knows of it.
  await health.close();
  await notices.close();
  await bench.reopen(over);
  await open();
  await bench.reached(job.id, "queued");
});
