import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GpuFault, GpuProcess } from "../../shared/contract/gpus.ts";
import { type JobAccounting, jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { reportOfOne } from "./fixtures/gpu-report.ts";
import { BENCH_TIMINGS, JobBench } from "./fixtures/job-bench.ts";
import { TrainerFiles } from "./fixtures/trainer-files.ts";
import { currentBootId, startTimeOf } from "./process-identity.ts";

let bench: JobBench;
beforeEach(async () => {
  bench = await JobBench.open();
});
afterEach(() => bench.close());

const onGpu = { kind: "cuda" as const, uuids: ["GPU-1"] };
const accounting = (over: Partial<JobAccounting>) => jobAccountingSchema.parse(over);
const waits = (id: string, words: string) =>
  bench.heard(
    "jobs.changed",
    (job) => job.id === id && job.status === "queued" && (job.waitingFor?.includes(words) ?? false),
  );

async function create(name: string, over: Partial<JobAccounting> = {}): Promise<Job> {
  return bench.create({ name, accounting: accounting(over) });
}

async function move(job: Job, before: Job | null): Promise<void> {
  const request = { id: job.id, beforeId: before?.id ?? null };
  await bench.jobs.requests["queue.move"](request, "local");
}

describe("the queue", () => {
  it("is paused and goes on, also across a restart, in the order by hand", async () => {
    await bench.jobs.requests["queue.pause"]({}, "local");
    const [a, b, c] = [await create("a"), await create("b"), await create("c")];
    await create("high", { priority: "high" });
    expect(a).toMatchObject({ status: "queued", waitingFor: "The queue is paused." });
    expect(await bench.order()).toEqual(["high", "a", "b", "c"]);
    const told = bench.heard("queue.changed", ({ order }) => order[1] === c.id);
    await move(c, a);
    await told;
    await move(b, null);
    await bench.reopen();
    expect(await bench.order()).toEqual(["high", "c", "a", "b"]);
    await move(
      a,
      await bench.get((await bench.jobs.requests["queue.get"]({}, "local")).order[0] ?? ""),
    );
    expect(await bench.order()).toEqual(["a", "high", "c", "b"]);
    expect((await bench.get(a.id)).accounting.priority).toBe("high");
    const queue = await bench.jobs.requests["queue.resume"]({}, "local");
    expect(queue.isPaused).toBe(false);
    expect((await bench.runners.next()).run).toBe(a.runPath);
    await expect(move(a, null)).rejects.toThrow("“a” is not in the queue");
  });

  it("lets a job wait for another one, and leaves it to the user when that fails", async () => {
    const first = await create("first");
    const second = await create("second", { afterJobId: first.id });
    expect(second).toMatchObject({ waitingFor: "It begins when “first” is completed." });
    const set = (id: string, afterJobId: string | null) =>
      bench.jobs.requests["jobs.setAccounting"]({ id, accounting: { afterJobId } }, "local");
    await expect(set(first.id, second.id)).rejects.toThrow("nor for one that waits for it");
    await expect(set(second.id, second.id)).rejects.toThrow("cannot wait for itself");
    const runner = await bench.runners.next();
    const trainer = new TrainerFiles(runner);
    trainer.emit({ type: "error", kind: "bad_rows", message: "No rows.", remedy: "Add some." });
    trainer.exit("failed", 1);
    await runner.exit(0);
    await waits(second.id, "“first”, which it was to follow, failed.");
    await set(second.id, null);
    expect((await bench.runners.next()).run).toBe(second.runPath);
  });

  it("says when another program or another LoRA Desk is on the GPU, and waits for it", async () => {
    const game: GpuProcess = { pid: 77, name: "/usr/bin/game", memoryMb: 2048, jobId: null };
    let on: GpuProcess[] = [game];
    await bench.reopen({
      gpus: () => Promise.resolve(reportOfOne("GPU-1", "NVIDIA A100")),
      processesOn: () => Promise.resolve(on),
    });
    const named = "GPU 0 (NVIDIA A100)";
    const job = await bench.create({ device: onGpu });
    await waits(job.id, `Another program uses 2.0 GiB of ${named}: /usr/bin/game (process 77).`);
    await leaveNote({ job: "Their run", run: "/elsewhere/runs/1" });
    on = [];
    await waits(job.id, `“Their run” of ann (data folder /elsewhere) is running on ${named}.`);
    await leaveNote({ job: "Their run", run: "/elsewhere/runs/1", start_time: "1" });
    expect((await bench.runners.next()).run).toBe(job.runPath);
  });

  it("goes beside a foreign program where it may share", async () => {
    const game: GpuProcess = { pid: 77, name: "game", memoryMb: 2048, jobId: null };
    await bench.reopen({ processesOn: () => Promise.resolve([game]) });
    const job = await bench.create({
      device: onGpu,
      accounting: accounting({ mayShareGpu: true }),
    });
    expect((await bench.runners.next()).run).toBe(job.runPath);
  });

  it("takes a run back whose GPU was taken at the last moment, and tries it again", async () => {
    await bench.reopen({ timings: { ...BENCH_TIMINGS, deferMs: 1 } });
    const job = await bench.create({ device: onGpu });
    const runner = await bench.runners.next();
    new TrainerFiles(runner).exit("gpu_taken", null);
    await runner.exit(76);
    expect((await bench.runners.next()).attempt).toBe(2);
    const [, , back] = await bench.history(job.id);
    expect(back).toMatchObject({ from: "preparing", to: "queued", cause: "As told." });
  });
});

/** In the lock file of the GPU, as another user's runner would; of this very process. */
async function leaveNote(over: Record<string, unknown>): Promise<void> {
  const folder = join(bench.homePath, "leases");
  mkdirSync(folder, { recursive: true });
  const note = {
    user: "ann",
    home: "/elsewhere",
    pid: process.pid,
    start_time: await startTimeOf(process.pid),
    boot_id: await currentBootId(),
    trainer: null,
    is_shared: false,
    ...over,
  };
  writeFileSync(join(folder, "GPU-1.lock"), JSON.stringify(note));
}

describe("a retry", () => {
  const kill = async (attempt: number) => {
    const runner = await bench.runners.next();
    expect(runner.attempt).toBe(attempt);
    new TrainerFiles(runner).exit("killed", null, "SIGKILL");
    await runner.exit(0);
  };

  it("comes by itself after a failure that it may mend, until the retries are spent", async () => {
    const timings = { ...BENCH_TIMINGS, retryDelaysMs: [1] };
    await bench.reopen({ timings });
    const job = await create("First run", { retries: 2 });
    await kill(1);
    await kill(2);
    await kill(3);
    expect(await bench.jobs.waitForEnd(job.id)).toMatchObject({ status: "failed" });
    const history = await bench.history(job.id);
    expect(history.map(({ to }) => to)).toEqual(
      Array.from({ length: 3 }, () => ["queued", "preparing", "failed"]).flat(),
    );
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index));
    expect(history[3]?.cause).toContain("Queued again by itself (1 of 2)");
    expect((await bench.timeline(job.id)).at(-1)?.message).toContain("It was tried again 2 times.");
  });

  it("waits for its time, also across a restart, and says until when", async () => {
    const job = await create("First run");
    await kill(1);
    const told = await waits(job.id, "It is tried again at");
    const { notBefore } = told as Extract<Job, { status: "queued" }>;
    const delayMs = Date.parse(notBefore ?? "") - Date.now();
    expect(delayMs).toBeGreaterThan(20_000);
    expect(delayMs).toBeLessThanOrEqual(30_000);
    await bench.reopen();
    expect(await bench.get(job.id)).toMatchObject({ status: "queued", notBefore });
    const other = await create("Other run");
    expect((await bench.runners.next()).run).toBe(other.runPath);
  });

  it("does not come where the GPU is gone", async () => {
    const fault: GpuFault = {
      id: "1",
      at: new Date(Date.now() + 60_000).toISOString(),
      uuid: "GPU-1",
      pci: "0000:01:00",
      xid: 79,
      pid: null,
      processName: null,
      text: "GPU has fallen off the bus.",
      title: "The GPU has fallen off the bus",
      advice: "",
      canRetryHelp: false,
    };
    await bench.reopen({ gpuFaults: () => [fault] });
    const job = await bench.create({ device: onGpu });
    await kill(1);
    expect(await bench.jobs.waitForEnd(job.id)).toMatchObject({ status: "failed" });
    expect((await bench.timeline(job.id)).at(-1)?.message).toContain("Not tried again by itself.");
  });
});
