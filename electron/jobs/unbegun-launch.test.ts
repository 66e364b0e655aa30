import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

describe("a job whose launch had not begun a process", () => {
  it("is queued again when the app was killed before its process began", async () => {
    const job = await bench.create();
    const runner = await bench.runners.next();
    await bench.stop(job.id);
    await runner.exit(1);
    await bench.jobs.waitForEnd(job.id);
    leaveLaunched(job.id);
    await bench.reopen({ timings: { ...BENCH_TIMINGS, launchMs: 0 } });
    expect((await bench.runners.next()).attempt).toBe(3);
  });

  it("is queued again when the app was closed before its process began", async () => {
    const python = Promise.withResolvers<{ pythonPath: string }>();
    const asked = Promise.withResolvers<void>();
    const pythonFor = () => {
      asked.resolve();
      return python.promise;
    };
    await bench.reopen({ pythonFor });
    const job = await bench.create();
    await asked.promise;
    await bench.closeApp();
    bench.openApp();
    expect((await bench.runners.next()).attempt).toBe(2);
    expect((await bench.get(job.id)).status).toBe("preparing");
  });
});

/** As the store is left by an app that is killed between the launch and the process. */
function leaveLaunched(id: string): void {
  const { store } = bench;
  store.prepare("UPDATE training_jobs SET status = 'preparing' WHERE id = ?").run(id);
  store
    .prepare("UPDATE runs SET attempt = 2, state = ? WHERE job_id = ?")
    .run(JSON.stringify({ phase: "starting", message: "Starting" }), id);
}
