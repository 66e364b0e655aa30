import { afterEach, beforeEach, expect, test } from "vitest";
import type { Notice } from "../../shared/contract/notifications.ts";
import { noticeHooksSchema } from "../../shared/contract/notifications.ts";
import { JobBench } from "../jobs/fixtures/job-bench.ts";
import { TrainerFiles } from "../jobs/fixtures/trainer-files.ts";
import { type Notices, openNotices } from "./open-notices.ts";

let bench: JobBench;
let notices: Notices;
const onTransitions: Notices["addOfJob"] = (id, transitions) => notices.addOfJob(id, transitions);

beforeEach(async () => {
  bench = await JobBench.open({ onTransitions });
  notices = open();
});
afterEach(async () => {
  await notices.close();
  await bench.close();
});

function open(): Notices {
  return openNotices({
    store: bench.store,
    publish: bench.hub.publish,
    hooks: () => noticeHooksSchema.parse({}),
    setHooks: () => undefined,
    homePath: bench.homePath,
    now: () => new Date(),
    createId: () => "0b0e7e5c-2f43-4a63-9d3c-6b7a0f3a1c55",
    log: () => undefined,
  });
}

function told(): Notice[] {
  const list = notices.requests["notices.list"]({ limit: 50 }, "local") as { notices: Notice[] };
  return list.notices.toReversed();
}
const titles = () => told().map(({ title }) => title);

async function begin() {
  const job = await bench.create();
  const runner = await bench.runners.next();
  const trainer = new TrainerFiles(runner);
  trainer.plan(20);
  await bench.reached(job.id, "running");
  return { job, trainer, runner };
}

test("a run that is done is told once, across restarts of the app", async () => {
  const { job, trainer } = await begin();
  expect(titles()).toEqual([]);
  trainer.steps(1, 20, () => 1);
  trainer.complete(20);
  trainer.exit("completed", 0);
  await bench.jobs.waitForEnd(job.id);
  expect(told()).toMatchObject([
    {
      type: "job_completed",
      title: "Done: First run",
      message: "All 20 steps are trained. The adapter is there.",
      actionUrl: `/jobs/${job.id}`,
      isRead: false,
    },
  ]);
  await notices.close();
  await bench.reopen({ onTransitions });
  notices = open();
  await bench.jobs.caughtUp();
  expect(titles()).toEqual(["Done: First run"]);
});

test("a failure comes with its remedy and matters more", async () => {
  const { job, trainer } = await begin();
  trainer.emit({ type: "error", kind: "bad_data", message: "Row 7 is empty.", remedy: "Mend it." });
  trainer.exit("failed", 1);
  await bench.jobs.waitForEnd(job.id);
  expect(told()).toMatchObject([
    { type: "job_failed", message: "Row 7 is empty. Mend it.", priority: "high" },
  ]);
});

test("stopped and stopped again are two events", async () => {
  const { job, trainer } = await begin();
  await bench.stop(job.id);
  trainer.exit("stopped", 10);
  await bench.jobs.waitForEnd(job.id);
  await notices.settled();
  await bench.jobs.requests["queue.pause"]({}, "local");
  await bench.resume(job.id);
  await bench.stop(job.id);
  await bench.jobs.waitForEnd(job.id);
  expect(told()).toMatchObject([
    { type: "job_stopped", priority: "low" },
    { type: "job_stopped", priority: "low" },
  ]);
});

test("interrupted, and resumed by itself", async () => {
  const { job, trainer, runner } = await begin();
  trainer.steps(1, 10, () => 1);
  trainer.emit({ type: "checkpoint", step: 10, path: "checkpoints/step-00000010", bytes: 1 });
  await bench.stepSeen(job.id, 10);
  trainer.exit("stopped", 10);
  await runner.exit(0);
  const again = new TrainerFiles(await bench.runners.next());
  again.plan(20, 10);
  await bench.heard("jobs.changed", ({ status, attempt }) => status === "running" && attempt === 2);
  expect(told()).toMatchObject([
    { title: "Interrupted: First run", priority: "normal" },
    { title: "Resumed: First run", message: "It trains again, from step 10 of 20." },
  ]);
});
