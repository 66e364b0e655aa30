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
const over: Partial<OpenJobSupervisorOptions> = {
  reasonToWait: (id) => health.reasonToWait(id),
  onTransitions: (id, transitions) => notices.addOfJob(id, transitions),
};

beforeEach(async () => {
  freeBytes = 100e9;
  bench = await JobBench.open(over);
  await open();
});
afterEach(async () => {
  await health.close();
  await notices.close();
  await bench.close();
});

async function open(): Promise<void> {
  const { store, hub, homePath } = bench;
  const pauses = new DiskPauseStore(store);
  const shared = { store, now: () => new Date(), log: () => undefined };
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
  const job = await bench.create();
  const runner = await bench.runners.next();
  const trainer = new TrainerFiles(runner);
  trainer.plan(20);
  trainer.steps(1, 10, () => 1);
  await bench.stepSeen(job.id, 10);

  freeBytes = 0.5e9;
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
