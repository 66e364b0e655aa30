import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../shared/contract/jobs.ts";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";
import { commandOf, runningJob } from "./fixtures/running-job.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

function requestedAt(job: Job): string {
  return job.status === "stopping" ? job.stopRequestedAt : "";
}

describe("stopping a job", () => {
  it("asks by command.json, and is stopped when the trainer has left with a checkpoint", async () => {
    const { job, runner, trainer } = await runningJob(bench);
    expect((await bench.stop(job.id)).status).toBe("stopping");
    expect((await bench.stop(job.id)).status).toBe("stopping");
    trainer.steps(6, 6);
    await bench.stepSeen(job.id, 6);
    trainer.stopped(6);
    trainer.exit("stopped", 10);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
    expect(commandOf(job.runPath)).toMatchObject({ attempt: 1, action: "stop" });
    await runner.exit(0);

    expect(await bench.resume(job.id)).toMatchObject({ status: "preparing", attempt: 2 });
    const second = await bench.runners.next();
    expect(second.attempt).toBe(2);
    const again = new TrainerFiles(second);
    again.plan(20, 6);
    again.steps(7, 20);
    again.complete(20);
    again.exit("completed", 0);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("completed");
    await expect(bench.stop(job.id)).rejects.toThrow(
      "“First run” cannot be stopped: it is completed",
    );
    await expect(bench.resume(job.id)).rejects.toThrow("cannot be resumed");
  });

  it("is asked again by SIGTERM, and killed only after that", async () => {
    const timings = { ...BENCH_TIMINGS, killAfterMs: 100, killRunnerAfterMs: 100 };
    await bench.reopen({ timings });
    const { job, runner } = await runningJob(bench);
    await bench.stop(job.id, { graceSeconds: 60 });
    const terminated = runner.terminated();
    bench.clockOffsetMs = 61_000;
    await terminated;
    await runner.ended;
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
    const warnings = (await bench.timeline(job.id)).filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ message }) => message)).toEqual([
      "The trainer has not stopped yet: it was asked again, by SIGTERM.",
      "The runner did not end either: it was killed.",
    ]);
  });

  it("takes the grace of the settings, and asking again can only hurry it", async () => {
    await bench.reopen({ stopGraceSeconds: () => 100 });
    const { job, runner } = await runningJob(bench);
    await bench.stop(job.id, { mode: "after_epoch" });
    await bench.commanded(job.runPath, "stop_after_epoch");
    expect(await bench.stop(job.id)).toMatchObject({ stop: { mode: "checkpoint" } });
    await bench.commanded(job.runPath, "stop");
    expect(await bench.stop(job.id, { mode: "after_epoch" })).toMatchObject({
      stop: { mode: "checkpoint" },
    });
    const longer = await bench.stop(job.id, { graceSeconds: 500 });
    expect(longer).toMatchObject({ stop: { graceSeconds: 100 } });
    const terminated = runner.terminated();
    bench.clockOffsetMs = 101_000;
    await terminated;
    expect((await bench.history(job.id)).map(({ to }) => to)).toEqual([
      "queued",
      "preparing",
      "running",
      "stopping",
    ]);
  });

  it("gives an epoch as long as it takes, but not for ever without a step", async () => {
    await bench.reopen({ timings: { ...BENCH_TIMINGS, epochSilenceMs: 300 } });
    const { job, runner } = await runningJob(bench);
    const terminated = runner.terminated();
    await bench.stop(job.id, { mode: "after_epoch" });
    bench.clockOffsetMs = 24 * 3600_000;
    await terminated;
    await bench.commanded(job.runPath, "stop");
    expect((await bench.get(job.id)).status).toBe("stopping");
  });

  it("discards a run: no checkpoint, and nothing of it is left", async () => {
    const { job, runner, trainer } = await runningJob(bench);
    await bench.stop(job.id, { mode: "discard" });
    await bench.commanded(job.runPath, "discard");
    trainer.stopped(5);
    trainer.exit("stopped", 10);
    const removed = bench.heard("jobs.removed", ({ id }) => id === job.id);
    await runner.exit(0);
    await removed;
    expect(existsSync(job.runPath)).toBe(false);
    await expect(bench.get(job.id)).rejects.toThrow("There is no job");
  });

  it("gives the time that is named where there was no limit, and never more than there was", async () => {
    const { job } = await runningJob(bench);
    await bench.stop(job.id, { mode: "after_epoch" });
    bench.clockOffsetMs = 2 * 3600_000;
    const limited = await bench.stop(job.id, { mode: "after_epoch", graceSeconds: 3600 });
    expect(limited).toMatchObject({ stop: { mode: "after_epoch", graceSeconds: 3600 } });
    const agoMs = Date.now() + bench.clockOffsetMs - Date.parse(requestedAt(limited));
    expect(agoMs).toBeLessThan(3600_000);
    await bench.stop(job.id, { mode: "discard" });
    const longer = await bench.stop(job.id, { mode: "discard", graceSeconds: 100 });
    expect(longer).toMatchObject({ stop: { mode: "discard", graceSeconds: 10 } });
  });

  it("ends even if no signal ends the process, and keeps its device until that has left", async () => {
    const timings = { ...BENCH_TIMINGS, killAfterMs: 1, killRunnerAfterMs: 1, giveUpAfterMs: 1 };
    await bench.reopen({ timings, kill: () => true });
    const { job, runner } = await runningJob(bench);
    const next = await bench.create({ name: "Second run" });
    await bench.stop(job.id, { graceSeconds: 0 });
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "failed", error: { kind: "unkillable" } });
    // Also after a restart of the app.
    await bench.reopen({ timings, kill: () => true });
    const held = await bench.heard(
      "jobs.changed",
      (one) => one.id === next.id && one.status === "queued" && one.waitingFor !== null,
    );
    expect(held).toMatchObject({
      waitingFor: `Process ${runner.pid} of “First run” could not be ended and keeps the CPU. If it does not leave, restart the computer.`,
    });
    await runner.exit(0);
    expect((await bench.runners.next()).run).toBe(next.runPath);
  });

  it("asks a training run for a checkpoint, and no other", async () => {
    const { job } = await runningJob(bench);
    const checkpoint = (id: string) => bench.jobs.requests["jobs.checkpoint"]({ id }, "local");
    expect(await checkpoint(job.id)).toBeNull();
    expect(commandOf(job.runPath)).toMatchObject({ attempt: 1, action: "checkpoint" });
    const waiting = await bench.create({ name: "Second run" });
    await expect(checkpoint(waiting.id)).rejects.toThrow("“Second run” is queued");
  });

  it("is not stuck when the process vanishes instead of stopping, nor across a restart", async () => {
    const { job, runner } = await runningJob(bench);
    await bench.stop(job.id);
    await bench.reopen();
    await runner.exit(1);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
  });

  it("takes a result that came before the wish to stop for what it is", async () => {
    const { job, trainer } = await runningJob(bench);
    await bench.stop(job.id);
    trainer.complete(20);
    trainer.exit("completed", 0);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("completed");
  });

  it("lets a run go on that was stopped from outside, as when the machine shuts down", async () => {
    const { job, runner, trainer } = await runningJob(bench);
    trainer.stopped(6);
    trainer.exit("stopped", 10);
    await runner.exit(0);
    expect((await bench.runners.next()).attempt).toBe(2);
    expect((await bench.get(job.id)).attempt).toBe(2);
  });

  it("stops a queued job at once", async () => {
    await runningJob(bench);
    const waiting = await bench.create({ name: "Second run" });
    expect(waiting).toMatchObject({
      status: "queued",
      waitingFor: "“First run” is running on the CPU.",
    });
    expect(await bench.stop(waiting.id)).toMatchObject({ status: "stopped", startedAt: null });
  });

  it("stops a job that has no process yet", async () => {
    const python = Promise.withResolvers<{ pythonPath: string }>();
    const asked = Promise.withResolvers<void>();
    const pythonFor = () => {
      asked.resolve();
      return python.promise;
    };
    await bench.reopen({ pythonFor });
    const job = await bench.create();
    await asked.promise;
    expect((await bench.stop(job.id)).status).toBe("stopping");
    // Python is never found: the stop does not wait for it.
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
  });
});

describe("the queue", () => {
  it("launches the next job when the devices are free again", async () => {
    const { job, runner, trainer } = await runningJob(bench);
    const next = await bench.create({ name: "Second run" });
    const elsewhere = await bench.create({ device: { kind: "cuda", uuids: ["GPU-1"] } });
    expect((await bench.runners.next()).run).toBe(elsewhere.runPath);
    expect((await bench.get(next.id)).status).toBe("queued");
    trainer.complete(20);
    trainer.exit("completed", 0);
    await bench.jobs.waitForEnd(job.id);
    await runner.exit(0);
    expect((await bench.runners.next()).run).toBe(next.runPath);
  });
});
