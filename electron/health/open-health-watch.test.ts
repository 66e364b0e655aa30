import { afterEach, expect, test } from "vitest";
import type { GpuFault } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { HealthBench, JOB_ID } from "./fixtures/health-bench.ts";

const MINUTE = 60;
const onGpu: RunDevice = { kind: "cuda", uuids: ["GPU-a"] };
let bench: HealthBench;
afterEach(() => bench.close());

async function begin(device?: RunDevice): Promise<void> {
  bench = new HealthBench(device);
  await bench.watch.start();
}

test("a run without steps is told of once, and is well again with the next step", async () => {
  await begin();
  bench.step(1, 1);
  await bench.pass(9 * MINUTE);
  expect(bench.health).toBeNull();
  await bench.pass(5 * MINUTE);
  expect(bench.health).toMatchObject({ kind: "stalled" });
  bench.step(2, 1);
  await bench.pass(5);
  expect(bench.health).toBeNull();
  expect(bench.told).toEqual(["stalled"]);
  expect(bench.notices[0]).toMatchObject({ priority: "high", actionUrl: `/jobs/${JOB_ID}` });
});

test("while the computer sleeps a run does not stall", async () => {
  await begin();
  bench.step(1, 1);
  await bench.pass(MINUTE);
  bench.nowMs += 8 * 3_600_000;
  await bench.pass(MINUTE);
  expect(bench.told).toEqual([]);
});

test("an app that starts again knows what was told, and sees a run that stalled long ago", async () => {
  await begin();
  bench.step(1, 1);
  await bench.pass(11 * MINUTE);
  bench.job = { ...bench.job, progress: { ...bench.job.progress, step: 1 } };
  await bench.reopen();
  await bench.pass(2 * MINUTE);
  expect(bench.health).toMatchObject({ kind: "stalled" });
  expect(bench.told).toEqual(["stalled"]);
});

test("no heartbeat: vanished; a new attempt begins anew", async () => {
  await begin();
  await bench.pass(10);
  bench.isBeating = false;
  await bench.pass(MINUTE);
  expect(bench.health).toMatchObject({ kind: "vanished" });
  bench.isBeating = true;
  await bench.becomes({ attempt: 2 });
  await bench.pass(10);
  expect(bench.health).toBeNull();
  bench.isBeating = false;
  await bench.pass(2 * MINUTE);
  expect(bench.told).toEqual(["vanished", "vanished"]);
});

test("a loss that explodes", async () => {
  await begin();
  for (let step = 1; step <= 60; step += 1) bench.step(step, step <= 40 ? 1 : 7);
  await bench.pass(5);
  expect(bench.health).toMatchObject({ kind: "loss_exploding" });
  expect(bench.told).toEqual(["loss_exploding"]);
});

test("an app that starts again long after the loss rose knows what was usual before", async () => {
  await begin();
  for (let step = 1; step <= 60; step += 1) bench.step(step, step <= 40 ? 1 : 7);
  await bench.pass(5);
  for (let step = 61; step <= 700; step += 1) bench.step(step, 7);
  bench.job = { ...bench.job, progress: { ...bench.job.progress, step: 700 } };
  await bench.reopen();
  await bench.pass(MINUTE);
  expect(bench.health).toMatchObject({ kind: "loss_exploding" });
  for (let step = 701; step <= 730; step += 1) bench.step(step, 1);
  await bench.pass(5);
  expect(bench.health).toBeNull();
  expect(bench.told).toEqual(["loss_exploding"]);
});

test("a GPU that is hot; it is watched only while a run needs it", async () => {
  await begin(onGpu);
  expect(bench.keepers).toBe(1);
  await bench.passWithSamples(3 * MINUTE, { temperatureC: 90 });
  expect(bench.health).toMatchObject({
    kind: "gpu_hot",
    message: expect.stringContaining("GPU 0"),
  });
  await bench.passWithSamples(2 * MINUTE, { temperatureC: 70 });
  expect(bench.health).toBeNull();
  expect(bench.told).toEqual(["gpu_hot"]);
  expect(bench.notices[0]?.priority).toBe("normal");
  await bench.becomes({ status: "completed", endedAt: bench.job.createdAt } as object);
  expect(bench.keepers).toBe(0);
});

test("a fault of the run's GPU is told at once and once; those of others and of before are not", async () => {
  await begin(onGpu);
  const fault: GpuFault = {
    id: "1",
    at: new Date(bench.nowMs + 1000).toISOString(),
    uuid: "GPU-a",
    pci: "0000:3b:00",
    xid: 79,
    pid: null,
    processName: null,
    text: "",
    title: "The GPU has fallen off the bus",
    advice: "Restart the computer.",
    canRetryHelp: false,
  };
  await bench.fault({ ...fault, id: "0", at: new Date(bench.nowMs - 1).toISOString() });
  await bench.fault({ ...fault, id: "2", uuid: "GPU-b" });
  expect(bench.told).toEqual([]);
  await bench.fault(fault);
  await bench.fault({ ...fault, id: "3" });
  expect(bench.told).toEqual(["gpu_fault"]);
  expect(bench.health?.advice).toBe("Restart the computer.");
});

test("a disk that fills: stopped with a checkpoint, queued, held, and let go when there is room", async () => {
  await begin();
  bench.freeBytes = 0.9e9;
  await bench.pass(15);
  expect(bench.asked).toEqual([`stop ${JOB_ID}`]);
  expect(bench.told).toEqual(["disk_low"]);
  expect(bench.notices[0]?.type).toBe("storage_problem");
  const ended = { endedAt: bench.job.createdAt };
  await bench.becomes({ status: "stopping", stopRequestedAt: bench.job.createdAt } as object);
  await bench.becomes({ status: "stopped", ...ended } as object);
  expect(bench.asked).toEqual([`stop ${JOB_ID}`, `resume ${JOB_ID}`]);
  await bench.becomes({ status: "queued", queuedAt: bench.job.createdAt } as object);
  await bench.pass(15);
  expect(bench.watch.reasonToWait(JOB_ID)).toMatch(/2\.0 GB are free .* \(0\.9 GB are free\)/);
  // The app ends and starts again in between.
  await bench.reopen();
  expect(bench.watch.reasonToWait(JOB_ID)).not.toBeNull();
  bench.freeBytes = 1.9e9;
  await bench.pass(5);
  expect(bench.asked).not.toContain("replan");
  bench.freeBytes = 2e9;
  await bench.pass(5);
  expect(bench.asked.at(-1)).toBe("replan");
  expect(bench.watch.reasonToWait(JOB_ID)).toBeNull();
});

test("an app that ends before a paused run was queued again queues it on the next start", async () => {
  await begin();
  bench.freeBytes = 0;
  await bench.pass(5);
  bench.job = { ...bench.job, status: "stopped", endedAt: bench.job.createdAt } as typeof bench.job;
  await bench.reopen();
  expect(bench.asked).toEqual([`stop ${JOB_ID}`, `resume ${JOB_ID}`]);
});

test("a paused run that a person stops stays stopped; one that cannot be paused is not held", async () => {
  await begin();
  bench.freeBytes = 0;
  bench.stopFails = true;
  await bench.pass(5);
  expect(bench.watch.reasonToWait(JOB_ID)).toBeNull();
  bench.stopFails = false;
  await bench.pass(5);
  const ended = { endedAt: bench.job.createdAt };
  await bench.becomes({ status: "stopped", ...ended } as object);
  await bench.becomes({ status: "queued", queuedAt: bench.job.createdAt } as object);
  await bench.becomes({ status: "stopped", ...ended } as object);
  expect(bench.asked.filter((each) => each.startsWith("resume"))).toHaveLength(1);
  expect(bench.watch.reasonToWait(JOB_ID)).toBeNull();
});
