import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commandSchema } from "../../shared/contract/run-folder.ts";
import { JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";
import { JOB_TIMINGS } from "./job-timings.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

async function running() {
  const job = await bench.create();
  const runner = await bench.runners.next();
  const trainer = new TrainerFiles(runner);
  trainer.plan(20);
  trainer.steps(1, 5);
  await bench.reached(job.id, "running");
  return { job, runner, trainer };
}

function commandOf(runPath: string) {
  return commandSchema.parse(JSON.parse(readFileSync(join(runPath, "command.json"), "utf8")));
}

describe("stopping a job", () => {
  it("asks by command.json, and is stopped when the trainer has left with a checkpoint", async () => {
    const { job, runner, trainer } = await running();
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

  it("is asked again by SIGTERM, and killed only long after", async () => {
    const { job, runner } = await running();
    await bench.stop(job.id);
    const terminated = runner.terminated();
    bench.clockOffsetMs = JOB_TIMINGS.terminateAfterMs + 1000;
    await terminated;
    expect((await bench.get(job.id)).status).toBe("stopping");
    bench.clockOffsetMs = JOB_TIMINGS.killRunnerAfterMs + 1000;
    await runner.ended;
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
    const warnings = (await bench.timeline(job.id)).filter(({ kind }) => kind === "warning");
    expect(warnings.map(({ message }) => message)).toEqual([
      "The trainer has not stopped yet: it was asked again, by SIGTERM.",
      "The runner did not end either: it was killed.",
    ]);
  });

  it("is not stuck when the process vanishes instead of stopping, nor across a restart", async () => {
    const { job, runner } = await running();
    await bench.stop(job.id);
    await bench.reopen();
    await runner.exit(1);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("stopped");
  });

  it("takes a result that came before the wish to stop for what it is", async () => {
    const { job, trainer } = await running();
    await bench.stop(job.id);
    trainer.complete(20);
    trainer.exit("completed", 0);
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("completed");
  });

  it("lets a run go on that was stopped from outside, as when the machine shuts down", async () => {
    const { job, runner, trainer } = await running();
    trainer.stopped(6);
    trainer.exit("stopped", 10);
    await runner.exit(0);
    expect((await bench.runners.next()).attempt).toBe(2);
    expect((await bench.get(job.id)).attempt).toBe(2);
  });

  it("stops a queued job at once", async () => {
    await running();
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
    const { job, runner, trainer } = await running();
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
