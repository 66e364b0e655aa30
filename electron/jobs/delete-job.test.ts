import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeTrainedAdapter } from "../transfers/fixtures/trained-adapter.ts";
import { enableSync } from "../sync/outbox-adoption.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";

const USER = "7f2c1a34-5b6c-4d7e-8f90-123456789abc";
const TABLES = ["metrics_series", "metrics_blocks", "run_timeline", "runs", "model_artifacts"];

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

const remove = async (id: string) => bench.jobs.requests["jobs.delete"]({ id }, "local");

async function completed(steps: number) {
  const job = await bench.create();
  const runner = await bench.runners.next();
  const trainer = new TrainerFiles(runner);
  trainer.plan(steps);
  trainer.steps(1, steps);
  trainer.complete(steps);
  return { job, runner, trainer };
}

it("removes an ended job with its folder, points, history and adapter", async () => {
  const { job, runner, trainer } = await completed(12_000);
  await expect(remove(job.id)).rejects.toThrow("has not ended");
  trainer.exit("completed", 0);
  await bench.jobs.waitForEnd(job.id);
  await bench.reopen({ timings: { ...BENCH_TIMINGS, handoverMs: 0 } });
  await expect(remove(job.id)).rejects.toThrow("is still alive");
  await bench.reopen();
  await runner.exit(0);
  expect(await remove(job.id)).toBeNull();
  expect(existsSync(job.runPath)).toBe(false);
  await expect(bench.get(job.id)).rejects.toMatchObject({ kind: "not_found" });
  expect(await bench.jobs.requests["artifacts.list"]({}, "local")).toEqual([]);
  for (const table of TABLES) {
    expect(bench.store.prepare(`SELECT * FROM ${table}`).all()).toEqual([]);
  }
  expect(bench.published.at(-1)).toMatchObject({ topic: "jobs.removed", data: { id: job.id } });
});

it("leaves what another account's file names in the folder", async () => {
  const { job, runner, trainer } = await completed(4);
  trainer.exit("completed", 0);
  await bench.jobs.waitForEnd(job.id);
  await runner.exit(0);
  mkdirSync(join(job.runPath, "adapter-of-another"));
  await bench.reopen({
    runOfOthers: (id) => ({
      isWhole: false,
      adapterPaths: id === job.id ? ["adapter-of-another"] : [],
    }),
  });
  await remove(job.id);
  expect(readdirSync(job.runPath)).toEqual(["adapter-of-another"]);
  await expect(bench.get(job.id)).rejects.toMatchObject({ kind: "not_found" });
});

it("takes away a downloaded copy alone: the project hears nothing of it", async () => {
  enableSync(bench.store, { userId: USER, projectUrl: "https://x.supabase.co" });
  bench.store.prepare("DELETE FROM sync_outbox").run();
  const about = { homePath: bench.homePath, userId: USER, datasetId: bench.dataset.id, files: [] };
  const { job, artifact, adapterPath } = writeTrainedAdapter(bench.store, about);
  mkdirSync(adapterPath, { recursive: true });
  const deletion = await bench.jobs.requests["jobs.deletion"]({ id: job.id }, "local");
  expect(deletion).toEqual({ reach: "copy", workstation: "lab-1", isInProject: false });

  await remove(job.id);
  expect(existsSync(adapterPath)).toBe(false);
  await expect(bench.get(job.id)).rejects.toMatchObject({ kind: "not_found" });
  const found = () => bench.jobs.requests["artifacts.get"]({ id: artifact.id }, "local");
  expect(found).toThrow(artifact.id);
  expect(bench.store.prepare("SELECT * FROM sync_outbox").all()).toEqual([]);
  await expect(
    (async () => bench.jobs.requests["jobs.deletion"]({ id: job.id }, "local"))(),
  ).rejects.toMatchObject({ kind: "not_found" });
});

it("leaves going on with a downloaded run to the machine that has its checkpoints", async () => {
  enableSync(bench.store, { userId: USER, projectUrl: "https://x.supabase.co" });
  const about = { homePath: bench.homePath, userId: USER, datasetId: bench.dataset.id, files: [] };
  const { job } = writeTrainedAdapter(bench.store, about);
  bench.store.prepare("UPDATE training_jobs SET status = 'stopped' WHERE id = ?").run(job.id);
  await bench.reopen();
  bench.store.prepare("DELETE FROM sync_outbox").run();
  const resume = async () => bench.jobs.requests["jobs.resume"]({ id: job.id }, "local");
  await expect(resume()).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining("ran on lab-1") as string,
  });
  expect((await bench.get(job.id)).status).toBe("stopped");
  expect(bench.store.prepare("SELECT * FROM sync_outbox").all()).toEqual([]);
});

it("touches no folder that is not where runs are kept", async () => {
  const { job, runner, trainer } = await completed(4);
  trainer.exit("completed", 0);
  await bench.jobs.waitForEnd(job.id);
  await runner.exit(0);
  for (const path of [bench.homePath, `${job.runPath}/../${job.id}x`, `runs/${job.id}`, ""]) {
    bench.store.prepare("UPDATE runs SET run_path = ?").run(path);
    await expect(remove(job.id)).rejects.toMatchObject({ kind: "forbidden" });
  }
  expect(existsSync(job.runPath)).toBe(true);
});
