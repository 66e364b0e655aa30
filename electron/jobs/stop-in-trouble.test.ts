import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";
import { commandOf, runningJob } from "./fixtures/running-job.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

describe("stopping a job when things go wrong", () => {
  it("is asked, and not given up, by an app that was away for long", async () => {
    const { job, runner } = await runningJob(bench);
    await bench.closeApp();
    // It ended before it came to write the wish down for the trainer.
    bench.openApp({ timings: { ...BENCH_TIMINGS, presenceMs: 3600_000, pollMs: 3600_000 } });
    await bench.stop(job.id, { graceSeconds: 60 });
    await bench.closeApp();
    rmSync(join(job.runPath, "command.json"), { force: true });
    bench.clockOffsetMs = 7 * 24 * 3600_000;
    const terminated = runner.terminated();
    bench.openApp();
    await terminated;
    expect(commandOf(job.runPath)).toMatchObject({ action: "stop" });
    expect((await bench.get(job.id)).status).toBe("stopping");
  });

  it("is signalled where it cannot be asked, as on a full disk", async () => {
    const timings = { ...BENCH_TIMINGS, killAfterMs: 0, killRunnerAfterMs: 0 };
    await bench.reopen({ timings });
    const { job, runner } = await runningJob(bench);
    // Nothing can be written there.
    mkdirSync(join(job.runPath, "command.json", "in the way"), { recursive: true });
    await bench.stop(job.id, { graceSeconds: 0 });
    await runner.ended;
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
  });

  it("discards a run although the app ended before its last process had", async () => {
    const { job, runner, trainer } = await runningJob(bench);
    await bench.stop(job.id, { mode: "discard" });
    trainer.stopped(5);
    trainer.exit("stopped", 10);
    await bench.reached(job.id, "stopped");
    await bench.closeApp();
    await runner.exit(0);
    expect(existsSync(job.runPath)).toBe(true);
    bench.openApp();
    await bench.heard("jobs.removed", ({ id }) => id === job.id);
    expect(existsSync(job.runPath)).toBe(false);
  });
});
