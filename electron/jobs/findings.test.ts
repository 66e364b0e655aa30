import { afterEach, beforeEach, expect, test } from "vitest";
import { jobSchema } from "../../shared/contract/jobs.ts";
import { JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";

/** What a run finds out besides its curve: dry run, best weights, samples, an early stop. */
let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

const dryRun = {
  type: "dry_run",
  rows: 4,
  longest_tokens: 2048,
  step_ms: 3100,
  memory_mb: 9421,
  memory_limit_mb: 24_576,
  seconds_left: 620,
} as const;

async function launch() {
  const job = await bench.create();
  const runner = await bench.runners.next();
  return { job, runner, trainer: new TrainerFiles(runner) };
}

const samplesOf = async (id: string) => bench.jobs.requests["jobs.samples"]({ id }, "local");

test("the dry run and the best validation loss belong to the job, and outlast the app", async () => {
  const { job, trainer } = await launch();
  expect(job).toMatchObject({ dryRun: null, best: null });
  trainer.plan(20);
  trainer.emit(dryRun);
  trainer.steps(1, 4);
  const evaluation = { type: "eval", epoch: 1, perplexity: 2, rows: 1 } as const;
  trainer.emit({ ...evaluation, step: 2, loss: 0.5, is_best: true });
  trainer.emit({ ...evaluation, step: 4, loss: 0.7, is_best: false });
  await bench.stepSeen(job.id, 4);
  const found = {
    dryRun: { rows: 4, longestTokens: 2048, stepMs: 3100, memoryMb: 9421, memoryLimitMb: 24_576 },
    best: { step: 2, loss: 0.5 },
  };
  const told = await bench.heard("jobs.changed", ({ best }) => best !== null);
  expect(jobSchema.parse(told)).toMatchObject(found);
  await bench.reopen();
  expect(await bench.get(job.id)).toMatchObject(found);
});

test("a run that begins again from step 0 forgets what was best", async () => {
  const { job, runner, trainer } = await launch();
  trainer.plan(20);
  trainer.steps(1, 2);
  trainer.emit({
    type: "eval",
    step: 2,
    epoch: 1,
    loss: 0.5,
    perplexity: 2,
    rows: 1,
    is_best: true,
  });
  await bench.stepSeen(job.id, 2);
  await runner.exit(1);
  const again = new TrainerFiles(await bench.runners.next());
  again.plan(20, 0);
  await bench.heard("jobs.changed", (told) => told.attempt === 2 && told.status === "running");
  expect(await bench.get(job.id)).toMatchObject({ best: null });
});

test("the plan says how it trains, and with which versions", async () => {
  const { job, trainer } = await launch();
  trainer.plan(4, 0, {
    processes: 2,
    is_packed: true,
    attention: "varlen",
    packages: { torch: "2.13.0" },
  });
  await bench.reached(job.id, "running");
  expect((await bench.get(job.id)).plan).toMatchObject({
    processes: 2,
    isPacked: true,
    attention: "varlen",
    packages: { torch: "2.13.0" },
  });
});

test("samples are kept whole, in order; one taken again takes the place of the old", async () => {
  const { job, trainer } = await launch();
  const long = `Tell me ${"more ".repeat(100)}`;
  trainer.plan(20);
  trainer.emit({ type: "sample", step: 5, prompt: long, text: "Once\nupon a time" });
  trainer.emit({ type: "sample", step: 5, prompt: "Hello", text: "Hi" });
  trainer.emit({ type: "sample", step: 10, prompt: "Hello", text: "Good day" });
  trainer.emit({ type: "sample", step: 5, prompt: "Hello", text: "Hi again" });
  trainer.steps(1, 1);
  await bench.stepSeen(job.id, 1);
  const samples = await samplesOf(job.id);
  expect(samples.map(({ step, prompt, text }) => [step, prompt, text])).toEqual([
    [5, long, "Once\nupon a time"],
    [5, "Hello", "Hi again"],
    [10, "Hello", "Good day"],
  ]);
  const told = await bench.heard("jobs.samples", ({ id }) => id === job.id);
  expect(told.samples[0]).toMatchObject({ step: 5, attempt: 1, prompt: long });
  const lines = (await bench.timeline(job.id)).filter(({ kind }) => kind === "sample");
  expect(lines[0]?.message.length).toBeLessThan(80);
});

test("an early stop is told, and the adapter knows whose weights it has", async () => {
  const { job, runner, trainer } = await launch();
  trainer.plan(20);
  trainer.steps(1, 8);
  const best = { step: 4, loss: 0.4321 };
  trainer.complete(8, { best, adapter_step: 4, is_stopped_early: true });
  trainer.exit("completed", 0);
  expect(await bench.jobs.waitForEnd(job.id)).toMatchObject({ status: "completed", best });
  await runner.exit(0);
  const [artifact] = await bench.jobs.requests["artifacts.list"]({}, "local");
  expect(artifact?.quality).toMatchObject({ bestStep: 4, bestLoss: 0.4321, adapterStep: 4 });
  const end = (await bench.timeline(job.id)).find(({ kind }) => kind === "done");
  expect(end?.message).toBe(
    "Training ended early at step 8: no validation loss since step 4 was below 0.4321. The adapter has the weights of step 4.",
  );
});
