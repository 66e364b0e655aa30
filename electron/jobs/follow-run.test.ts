import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jobSchema, jobTopics } from "../../shared/contract/jobs.ts";
import { runConfigSchema } from "../../shared/contract/run-folder.ts";
import { JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

async function launch() {
  const job = await bench.create();
  const runner = await bench.runners.next();
  return { job, runner, trainer: new TrainerFiles(runner) };
}

describe("following a run", () => {
  it("goes from queued to completed with the whole curve, history, log and adapter", async () => {
    const { job, runner, trainer } = await launch();
    expect(job.status).toBe("preparing");

    trainer.log("Loading the model…\n");
    trainer.emit({ type: "status", phase: "loading_model", message: "Loading tiny" });
    trainer.plan(20);
    trainer.steps(1, 10);
    trainer.emit({ type: "eval", step: 10, epoch: 1, loss: 0.5, perplexity: 1.6, rows: 1 });
    trainer.emit({ type: "checkpoint", step: 10, path: "checkpoints/step-00000010", bytes: 2e6 });
    trainer.emit({ type: "sample", step: 10, prompt: "Hello", text: "Good day" });
    await bench.stepSeen(job.id, 10);
    const running = await bench.get(job.id);
    expect(running).toMatchObject({
      status: "running",
      attempt: 1,
      progress: { step: 10, totalSteps: 20, epoch: 1 },
      plan: { trainableParameters: 10, data: { train_rows: 9 } },
    });

    trainer.steps(11, 20);
    trainer.complete(20);
    trainer.exit("completed", 0);
    const ended = await bench.jobs.waitForEnd(job.id);
    await runner.exit(0);
    expect(jobSchema.parse(ended)).toMatchObject({ status: "completed", workstation: "bench" });

    const points = await bench.points(job.id);
    expect(points.map((point) => point.step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(points[9]).toMatchObject({ trainingLoss: 1 / 11, validationLoss: 0.5, memoryMb: 512 });

    const artifacts = await bench.jobs.requests["artifacts.list"]({}, "local");
    expect(artifacts).toHaveLength(1);
    expect(artifacts[0]).toMatchObject({
      jobId: job.id,
      path: join(job.runPath, "adapter"),
      baseModelName: "tiny",
      files: [
        { name: "adapter_config.json", bytes: 19 },
        { name: "adapter_model.safetensors", bytes: 25 },
      ],
      quality: { firstLoss: 1, lastLoss: 0.25, validationLoss: 0.5, steps: 20, seconds: 12.5 },
    });
    const timeline = await bench.timeline(job.id);
    expect(timeline.map((entry) => entry.kind)).toEqual([
      "status",
      "status",
      "status",
      "checkpoint",
      "sample",
      "done",
    ]);
    expect(timeline.map((entry) => entry.seq)).toEqual([0, 1, 2, 3, 4, 5]);
    const log = await bench.jobs.requests["jobs.log"]({ id: job.id, offset: -1000 }, "local");
    expect(log.text).toBe("Loading the model…\n");
  });

  it("writes the configuration once, before the first attempt, and keeps to it", async () => {
    const { job, runner } = await launch();
    const text = readFileSync(join(job.runPath, "config.json"), "utf8");
    expect(runConfigSchema.parse(JSON.parse(text))).toMatchObject({
      run: job.id,
      dataset: { id: bench.dataset.id, path: bench.dataset.path },
      hyperparameters: { rank: 16 },
    });
    await runner.exit(0);
    const again = await bench.runners.next();
    expect(again.attempt).toBe(2);
    expect(await bench.jobs.requests["jobs.config"]({ id: job.id }, "local")).toEqual({ text });
  });

  it("takes whole lines only, and a bad line becomes one warning", async () => {
    const { job, trainer } = await launch();
    trainer.plan(4);
    const half = trainer.line({ type: "warning", kind: "test", message: "In two halves" });
    trainer.append(half.slice(0, 30));
    await bench.reached(job.id, "running");
    trainer.append(half.slice(30));
    trainer.append("this is not JSON\n");
    trainer.steps(1, 4);
    await bench.stepSeen(job.id, 4);
    const warnings = (await bench.timeline(job.id)).filter((entry) => entry.kind === "warning");
    expect(warnings.map((entry) => entry.message)).toEqual([
      "In two halves",
      "A line of events.jsonl was left out: it is not JSON: this is not JSON",
    ]);
  });

  it("publishes what the contract says, keyed by job, at most once per look", async () => {
    const { job, trainer } = await launch();
    trainer.plan(50);
    trainer.steps(1, 50);
    await bench.stepSeen(job.id, 50);
    for (const { topic, data, key } of bench.published) {
      if (topic === "queue.changed") continue;
      expect(key).toBe(job.id);
      if (topic in jobTopics) jobTopics[topic as keyof typeof jobTopics].parse(data);
    }
    const batches = bench.published.filter((event) => event.topic === "jobs.points");
    expect(batches.length).toBeLessThanOrEqual(2);
  });

  it("shows the trainer's own error with its remedy, and keeps a loss that is not finite", async () => {
    const { job, trainer } = await launch();
    trainer.plan(4);
    trainer.steps(1, 1, () => Number.NaN);
    trainer.emit({
      type: "error",
      kind: "non_finite_loss",
      message: "The loss at step 1 is not a number.",
      remedy: "Lower the learning rate.",
    });
    trainer.exit("failed", 1);
    expect(await bench.jobs.waitForEnd(job.id)).toMatchObject({
      status: "failed",
      error: { kind: "non_finite_loss", remedy: "Lower the learning rate." },
    });
    expect((await bench.points(job.id))[0]).toMatchObject({ step: 1, trainingLoss: null });
    const errors = (await bench.timeline(job.id)).filter((entry) => entry.kind === "error");
    expect(errors).toHaveLength(1);
  });

  it("calls a run failed whose adapter is not there", async () => {
    const { job, trainer } = await launch();
    trainer.emit({
      type: "done",
      reason: "completed",
      step: 4,
      seconds: 1,
      first_loss: 1,
      last_loss: 1,
      tokens_per_second: 1,
      adapter: { path: "../../model", files: ["config.json"], bytes: 2 },
    });
    trainer.exit("completed", 0);
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "failed", error: { kind: "adapter_missing" } });
  });
});
