import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";
import { NONCE, startTimeOf } from "./process-identity.ts";
import { untilTrue } from "./until-true.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

const lossOf = (step: number) => 1 / (step + 1);
const wholeCurve = (steps: number) => Array.from({ length: steps }, (_, i) => lossOf(i + 1));

describe("a job that is unfinished on start", () => {
  async function running() {
    const job = await bench.create();
    const runner = await bench.runners.next();
    const trainer = new TrainerFiles(runner);
    trainer.plan(20);
    trainer.steps(1, 10, lossOf);
    await bench.stepSeen(job.id, 10);
    return { job, runner, trainer };
  }

  it("is completed when it ended while the app was away", async () => {
    const { job, runner, trainer } = await running();
    await bench.closeApp();
    trainer.steps(11, 20, lossOf);
    trainer.complete(20);
    trainer.exit("completed", 0);
    await runner.exit(0);
    bench.openApp();
    expect((await bench.jobs.waitForEnd(job.id)).status).toBe("completed");
    expect((await bench.points(job.id)).map((point) => point.trainingLoss)).toEqual(wholeCurve(20));
  });

  it("goes on from its checkpoint when its processes vanished, and the curve closes up", async () => {
    const { job, runner, trainer } = await running();
    trainer.emit({ type: "checkpoint", step: 8, path: "checkpoints/step-00000008", bytes: 1 });
    await bench.closeApp();
    await runner.exit(137);
    bench.openApp();
    const second = await bench.runners.next();
    expect(second.attempt).toBe(2);
    const again = new TrainerFiles(second);
    again.plan(20, 8);
    again.steps(9, 20, (step) => lossOf(step) / 2);
    again.complete(20);
    again.exit("completed", 0);
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "completed", attempt: 2 });
    const losses = (await bench.points(job.id)).map((point) => point.trainingLoss);
    expect(losses).toEqual(wholeCurve(20).map((loss, i) => (i < 8 ? loss : loss / 2)));
    const timeline = await bench.timeline(job.id);
    expect(timeline.find(({ kind }) => kind === "resumed")).toMatchObject({ attempt: 2, step: 8 });
  });

  it("goes on by itself after a restart of the machine, and so after the next one", async () => {
    const { job, runner, trainer } = await running();
    trainer.emit({ type: "checkpoint", step: 8, path: "checkpoints/step-00000008", bytes: 1 });
    await bench.stepSeen(job.id, 10);
    await bench.closeApp();
    await runner.exit(137);
    for (const [bootId, attempt] of [
      ["second boot", 2],
      ["third boot", 3],
    ] as const) {
      bench.openApp({ bootId });
      const next = await bench.runners.next();
      expect(next.attempt).toBe(attempt);
      await bench.stepSeenBy(new TrainerFiles(next), job.id, 10 + attempt);
      await bench.closeApp();
      await next.exit(137);
    }
    bench.openApp();
    const last = new TrainerFiles(await bench.runners.next());
    last.complete(20);
    last.exit("completed", 0);
    expect(await bench.jobs.waitForEnd(job.id)).toMatchObject({ status: "completed", attempt: 4 });
    const causes = (await bench.history(job.id)).filter(({ to }) => to === "interrupted");
    expect(causes).toHaveLength(3);
    expect(causes[0]?.cause).toContain("the machine was restarted");
  });

  it("loses nothing more when the end of the events was lost with the power", async () => {
    const { job, runner } = await running();
    await bench.closeApp();
    await runner.exit(137);
    const events = join(job.runPath, "events.jsonl");
    writeFileSync(events, '{"half a line that a new trainer cuts off');
    bench.openApp();
    const second = await bench.runners.next();
    writeFileSync(events, "");
    const again = new TrainerFiles(second);
    again.plan(20);
    again.steps(1, 20, lossOf);
    await bench.stepSeen(job.id, 20);
    expect((await bench.points(job.id)).map((point) => point.trainingLoss)).toEqual(wholeCurve(20));
  });

  it("gives up with a remedy when it keeps being interrupted without a checkpoint", async () => {
    const job = await bench.create();
    for (const attempt of [1, 2, 3, 4]) {
      const runner = await bench.runners.next();
      expect(runner.attempt).toBe(attempt);
      await runner.exit(137);
    }
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "failed", error: { kind: "keeps_being_interrupted" } });
    expect((await bench.resume(job.id)).status).toBe("preparing");
    expect((await bench.runners.next()).attempt).toBe(5);
  });

  it("goes on following a trainer whose runner was killed, and believes its result", async () => {
    const { job, runner, trainer } = await running();
    const orphan = await orphanTrainer(runner.run);
    await bench.closeApp();
    await runner.exit(137);
    await untilTrue(
      async () => (await startTimeOf(runner.pid)) === "",
      5,
      AbortSignal.timeout(4000),
    );
    bench.openApp();
    // Each growth is told in a look of its own, and each look asks for the processes after that.
    for (const text of ["one\n", "two\n", "three\n"]) {
      const { size } = statSync(join(job.runPath, "log.txt"));
      trainer.log(text);
      await bench.heard("jobs.logGrew", ({ sizeBytes }) => sizeBytes > size);
    }
    expect(await bench.get(job.id)).toMatchObject({ status: "running", attempt: 1 });
    trainer.steps(11, 20, lossOf);
    trainer.complete(20);
    await bench.stepSeen(job.id, 20);
    orphan.kill("SIGKILL");
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "completed", attempt: 1 });
  });
});

/** A process named as trainer in the heartbeat, as if the runner had started it. */
async function orphanTrainer(run: string): Promise<ChildProcess> {
  const path = join(run, "heartbeat.json");
  const heartbeat = JSON.parse(readFileSync(path, "utf8")) as { nonce: string };
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], {
    stdio: "ignore",
    env: { ...process.env, [NONCE]: heartbeat.nonce },
  });
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const trainer = { pid, start_time: (await startTimeOf(pid)) ?? "unknown" };
  writeFileSync(path, JSON.stringify({ ...heartbeat, trainer }));
  return child;
}
