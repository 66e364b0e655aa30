import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

/** Starts the app in a process of its own and waits until it has stored a step. */
async function hostThatIsKilledAt(step: number, onLaunch: () => Promise<void>): Promise<void> {
  writeFileSync(join(bench.homePath, "dataset.json"), JSON.stringify(bench.dataset));
  const script = fileURLToPath(new URL("./fixtures/supervisor-host.ts", import.meta.url));
  const host = spawn(process.execPath, [script, bench.homePath, bench.runners.pythonPath], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const launched = onLaunch();
  for await (const line of createInterface({ input: host.stdout })) {
    const { topic, data } = JSON.parse(line) as { topic: string; data: { points: MetricsPoint[] } };
    if (topic === "jobs.points" && data.points.some((point) => point.step >= step)) break;
  }
  await launched;
  host.kill("SIGKILL");
  await once(host, "exit");
}

async function onlyJob(): Promise<Job> {
  const [job] = await bench.jobs.requests["jobs.list"]({}, "local");
  if (job === undefined) throw new Error("There is no job");
  return job;
}

const lossOf = (step: number) => 1 / (step + 1);
const wholeCurve = (steps: number) => Array.from({ length: steps }, (_, i) => lossOf(i + 1));

describe("an app that was killed in the middle of a run", () => {
  it("shows the complete curve on the next start, without gaps or doubles", async () => {
    await bench.closeApp();
    let trainer: TrainerFiles | undefined;
    let pid = 0;
    await hostThatIsKilledAt(40, async () => {
      const runner = await bench.runners.next();
      pid = runner.pid;
      trainer = new TrainerFiles(runner);
      trainer.plan(120);
      trainer.emit({ type: "warning", kind: "test", message: "Said once" });
      trainer.steps(1, 40, lossOf);
    });
    // The run goes on: the runner is alive and the trainer writes while nobody follows.
    process.kill(pid, 0);
    trainer?.steps(41, 80, lossOf);
    bench.openApp();
    const job = await onlyJob();
    await bench.stepSeen(job.id, 80);
    expect((await bench.get(job.id)).status).toBe("running");
    trainer?.steps(81, 120, lossOf);
    trainer?.complete(120);
    trainer?.exit("completed", 0);
    const ended = await bench.jobs.waitForEnd(job.id);
    expect(ended).toMatchObject({ status: "completed", attempt: 1 });
    expect((await bench.points(job.id)).map((point) => point.trainingLoss)).toEqual(
      wholeCurve(120),
    );
    const said = (await bench.timeline(job.id)).map(({ message }) => message);
    expect(said.filter((message) => message === "Said once")).toHaveLength(1);
  });
});
