import { afterEach, expect, test } from "vitest";
import { BEGIN, CostBench, JOB_ID } from "./fixtures/cost-bench.ts";

let bench: CostBench;
afterEach(() => bench.close());

/** Half an hour at 360 W: 0.18 kWh. */
function trainHalfAnHour(attempt: number, from: number): void {
  bench.writePower(attempt, from, 1800, 360);
}

test("a run is entered once, however often the app is opened and its end is told", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  bench.tell();
  trainHalfAnHour(1, BEGIN);
  await bench.reopen();
  bench.writeMark("exit.json", 1, BEGIN + 1800);
  bench.end(1, BEGIN + 1801);
  bench.tell();
  bench.tell();
  await bench.costs.settle(JOB_ID);
  const records = bench.records();
  expect(records).toMatchObject([
    { amount: expect.any(Number), job_id: JOB_ID },
    { amount: expect.any(Number), job_id: JOB_ID },
  ]);
  await bench.reopen();
  bench.tell();
  bench.prices = { ...bench.prices, hardwarePerHour: 100 };
  await bench.costs.settle(JOB_ID);
  expect(bench.records()).toEqual(records);
  expect(await bench.ofJob()).toEqual([
    {
      attempt: 1,
      startedAt: new Date(BEGIN * 1000).toISOString(),
      endedAt: new Date((BEGIN + 1800) * 1000).toISOString(),
      seconds: 1800,
      gpuSeconds: 1800,
      measuredGpuSeconds: 1800,
      gapGpuSeconds: 0,
      energyKwh: expect.closeTo(0.18, 9),
      energyCost: expect.closeTo(0.045, 9),
      hardwareCost: 0.25,
      cloudCost: expect.closeTo(3.59 / 2, 9),
    },
  ]);
  expect(bench.costs.meanPowerW(JOB_ID)).toBeCloseTo(360, 6);
  const job = bench.store.prepare("SELECT actual_cost FROM training_jobs").get();
  expect(job?.["actual_cost"]).toBeCloseTo(0.295, 9);
});

test("what runs did while no app was there is in the books, each attempt with its own times", async () => {
  bench = new CostBench({ kind: "cuda", uuids: ["GPU-a", "GPU-b"] });
  await bench.closeApp();
  bench.launch(1, BEGIN);
  trainHalfAnHour(1, BEGIN);
  bench.writeMark("exit.1.json", 1, BEGIN + 2000);
  // Days pass until the app is opened again and hears of it.
  const later = BEGIN + 3 * 86_400;
  bench.requeue(1, later);
  bench.launch(2, later + 10);
  trainHalfAnHour(2, later + 10);
  // The second one was killed with its runner.
  bench.writeMark("heartbeat.json", 2, later + 1810);
  bench.end(2, later + 50_000, "stopped");
  await bench.reopen();
  const attempts = await bench.ofJob();
  expect(attempts).toMatchObject([
    { seconds: 2000, gpuSeconds: 4000, measuredGpuSeconds: 3600, gapGpuSeconds: 400 },
    { seconds: 1800, gpuSeconds: 3600, measuredGpuSeconds: 3600, gapGpuSeconds: 0 },
  ]);
  for (const { energyKwh } of attempts) expect(energyKwh).toBeCloseTo(0.36, 9);
});

test("a running attempt grows, and a crash in the middle of reading counts nothing twice", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  bench.writePower(1, BEGIN, 100, 360);
  bench.writePowerText('{"v": 1, "ts": 17');
  bench.now = BEGIN + 104;
  bench.tell();
  expect(await bench.ofJob()).toMatchObject([{ endedAt: null, measuredGpuSeconds: 100 }]);
  await bench.reopen();
  // The line was half written; the new writer ends it and begins anew.
  bench.writePowerText("\n");
  bench.writePower(1, BEGIN + 102, 98, 360);
  bench.now = BEGIN + 200;
  const [attempt] = await bench.ofJob();
  expect(attempt).toMatchObject({ seconds: 200, measuredGpuSeconds: 200, gapGpuSeconds: 0 });
  expect(attempt?.energyKwh).toBeCloseTo(0.02, 9);
  expect(bench.published).toContainEqual(["costs.changed", { jobId: JOB_ID }]);
});

test("energy and offset are stored together or not at all", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  bench.writePower(1, BEGIN, 100, 360);
  bench.store
    .prepare(
      `CREATE TRIGGER full BEFORE INSERT ON power_reading BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    )
    .run();
  bench.tell();
  await bench.costs.settle(JOB_ID);
  expect(bench.logged.join()).toContain("disk full");
  bench.logged = [];
  expect(bench.store.prepare("SELECT * FROM attempt_energy").all()).toEqual([]);
  bench.store.prepare("DROP TRIGGER full").run();
  const [attempt] = await bench.ofJob();
  expect(attempt?.measuredGpuSeconds).toBe(100);
  expect(attempt?.energyKwh).toBeCloseTo(0.01, 9);
});

test("hours without a sample are a gap, and are neither energy nor money", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  bench.writePower(1, BEGIN, 600, 360);
  bench.writePower(1, BEGIN + 600, 600, null);
  bench.writePower(1, BEGIN + 1200, 600, 360);
  bench.writeMark("exit.json", 1, BEGIN + 1800);
  bench.end(1, BEGIN + 1800);
  bench.tell();
  const [attempt] = await bench.ofJob();
  expect(attempt).toMatchObject({ measuredGpuSeconds: 1200, gapGpuSeconds: 600 });
  expect(attempt?.energyKwh).toBeCloseTo(0.12, 9);
});

test("a run on the CPU has hours and no energy", async () => {
  bench = new CostBench({ kind: "cpu" });
  bench.launch(1, BEGIN);
  bench.writeMark("exit.json", 1, BEGIN + 3600);
  bench.end(1, BEGIN + 3600);
  bench.tell();
  expect(await bench.ofJob()).toMatchObject([
    { seconds: 3600, gpuSeconds: 0, energyKwh: null, energyCost: null, hardwareCost: 0.5 },
  ]);
  expect(bench.records()).toMatchObject([{ cost_type: "gpu_time", amount: 0.5 }]);
});

test("the costs of a job outlast it", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  trainHalfAnHour(1, BEGIN);
  bench.writeMark("exit.json", 1, BEGIN + 1800);
  bench.end(1, BEGIN + 1800);
  bench.tell();
  await bench.costs.settle(JOB_ID);
  const sums = { runs: 1, gpuHours: 0.5, hardwareCost: 0.25 };
  bench.store.prepare("DELETE FROM training_jobs").run();
  expect(await bench.totals("dataset")).toMatchObject([{ label: "Rows", ...sums }]);
  expect(await bench.totals("project")).toMatchObject([{ label: "Thesis", ...sums }]);
  expect(await bench.totals("month")).toMatchObject([{ label: "2026-03", ...sums }]);
  const { text } = await bench.costs.requests["costs.csv"]({}, "local");
  expect(text.split("\r\n")).toHaveLength(4);
});

test("power of an attempt that begins while the books look is counted", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  bench.writePower(1, BEGIN, 100, 360);
  bench.writeMark("exit.1.json", 1, BEGIN + 100);
  bench.afterFind = () => {
    bench.afterFind = () => undefined;
    bench.requeue(1, BEGIN + 100);
    bench.launch(2, BEGIN + 110);
    bench.writePower(2, BEGIN + 110, 100, 360);
    bench.now = BEGIN + 210;
  };
  bench.tell();
  await bench.costs.settle(JOB_ID);
  expect(await bench.ofJob()).toMatchObject([
    { attempt: 1, measuredGpuSeconds: 100, gapGpuSeconds: 0 },
    { attempt: 2, measuredGpuSeconds: 100, gapGpuSeconds: 0 },
  ]);
});

test("amounts of another currency are not shown as if they were of this one", async () => {
  bench = new CostBench();
  bench.launch(1, BEGIN);
  trainHalfAnHour(1, BEGIN);
  bench.writeMark("exit.json", 1, BEGIN + 1800);
  bench.end(1, BEGIN + 1800);
  bench.tell();
  await bench.costs.settle(JOB_ID);
  bench.prices = { ...bench.prices, currency: "JPY" };
  const [attempt] = await bench.ofJob();
  expect(attempt).toMatchObject({ energyCost: null, hardwareCost: null, cloudCost: null });
  expect(attempt?.energyKwh).toBeCloseTo(0.18, 9);
});
