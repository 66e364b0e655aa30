import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { preflightSchema } from "../../shared/contract/preflight.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { GPU, PreflightBench } from "./fixtures/preflight-bench.ts";

const { label: _label, use_when: _useWhen, ...balanced } = HYPERPARAMETER_PRESETS.balanced;
let bench: PreflightBench;
beforeEach(async () => {
  bench = new PreflightBench();
  await bench.importRows();
});
afterEach(() => bench.close());

test("says at once what a run needs, by formula as long as nothing was measured", async () => {
  const preflight = preflightSchema.parse(await bench.preflight());
  expect(preflight.memory).toMatchObject({ measuredMb: null, limitMb: 24_576 });
  const adapter = preflight.memory.parts.find(({ name }) => name.startsWith("Adapter"));
  expect(adapter?.mb).toBeCloseTo((16 * (64 + 64 + 192 + 64) * 16) / 2 ** 20, 9);
  // 190 rows in batches of 4 are 48; 4 of them a step are 12, three times over.
  expect(preflight.time).toEqual({ steps: 36, secondsAtMost: null });
  // Also before the first run, when its folder is not there yet.
  expect(preflight.disk.freeBytes).toBeGreaterThan(0);
  expect(preflight.cost.basis).toContain("formula");
  expect(preflight.cost.cloudCost).toBeGreaterThan(0);
  expect(preflight.findings).toMatchObject([{ tone: "good" }]);
});

test("rests on the steps that earlier runs measured, and says on which", async () => {
  const other = bench.job({ hyperparameters: { ...balanced, rank: 64 } });
  bench.jobs = [other];
  bench.tokensPerSecond = [900, 1000, 1100];
  expect((await bench.preflight()).cost.basis).toMatch(/^412 .*other settings/);
  bench.jobs = [other, bench.job({ name: "Tone 3" })];
  const { cost } = await bench.preflight();
  expect(cost.basis).toMatch(/^412 measured steps of “Tone 3”: same model, settings and GPU/);
  const [from, to] = [190 * 95 * 3, 190 * 105 * 3];
  expect(cost.seconds).toBeGreaterThan(from / 1000);
  expect(cost.seconds).toBeLessThan(to / 1000);
  // 300 W for as long, at 0.50 a kWh; a 3090 rents for 0.22 an hour.
  expect(cost.energyKwh).toBeCloseTo((300 * cost.seconds!) / 3.6e6, 9);
  expect(cost.energyCost).toBeCloseTo(cost.energyKwh! * 0.5, 9);
  expect(cost.cloudCost).toBeCloseTo((cost.seconds! / 3600) * 0.22, 9);
});

test("a dry run is measured once for all settings that do not change what it measures", async () => {
  const measured = await bench.dryRun();
  expect(measured.memory).toMatchObject({ measuredMb: 9000, limitMb: 40_000 });
  expect(measured.time).toEqual({ steps: 36, secondsAtMost: 36 });
  expect(measured.cost.basis).toContain("dry run");
  const again = await bench.preflight({ hyperparameters: { ...balanced, learning_rate: 0.1 } });
  expect(again.memory.measuredMb).toBe(9000);
  const larger = await bench.preflight({ hyperparameters: { ...balanced, batch_size: 8 } });
  expect(larger.memory.measuredMb).toBeNull();
  expect(bench.python.calls().at(-1)).toBe(`on ${GPU}, sees ${GPU}`);
  expect(readdirSync(join(bench.library.home, "dry-runs"))).toEqual([]);
});

test("what an earlier run tried before its first step counts as well", async () => {
  const dryRun = { rows: 4, longestTokens: 100, stepMs: 500, memoryMb: 5000 };
  bench.jobs = [bench.job({ dryRun: { ...dryRun, memoryLimitMb: 24_000, secondsLeft: 1 } })];
  const { memory, time } = await bench.preflight();
  expect([memory.measuredMb, time.secondsAtMost]).toEqual([5000, 18]);
});

test("what does not fit is said with what would, and remembered", async () => {
  bench.python.behave("full");
  bench.gpuMemoryMb = 1800;
  const tried = await bench.dryRun();
  expect(tried.findings[0]).toMatchObject({
    tone: "bad",
    message: "The cable is torn.",
    proposal: expect.objectContaining({ gradient_accumulation_steps: expect.any(Number) }),
  });
  const again = await bench.preflight();
  expect(again.findings[0]).toEqual(tried.findings[0]);
});

test("a GPU on which a run trains is not tried on, and one that it gets is given up", async () => {
  const holder = bench.job({ status: "running", startedAt: "2026-03-01T11:00:00.000Z" } as object);
  bench.jobs = [holder];
  await expect(bench.dryRun()).rejects.toMatchObject({ kind: "conflict" });
  expect((await bench.preflight()).findings).toContainEqual(
    expect.objectContaining({ message: expect.stringMatching(/^Waits for GPU \d+ \(/) }),
  );
  bench.jobs = [];
  bench.python.behave("hold");
  const trying = bench.dryRun();
  await expect(bench.dryRun()).rejects.toThrow("under way");
  bench.change(holder);
  await expect(trying).rejects.toMatchObject({ kind: "cancelled" });
});

test("a dry run can be cancelled, and a failure is told and not kept", async () => {
  bench.python.behave("hold");
  const [ended] = await Promise.allSettled([
    bench.dryRun(),
    bench.desk.requests["jobs.cancelDryRun"]({}, "browser"),
  ]);
  expect(ended).toMatchObject({ status: "rejected", reason: { kind: "cancelled" } });
  bench.python.behave("error");
  await expect(bench.dryRun()).rejects.toThrow("The cable is torn. Mend it.");
  bench.python.behave("well");
  expect((await bench.dryRun()).memory.measuredMb).toBe(9000);
});

test("what cannot work, or hardly, is found before the launch", async () => {
  const { findings } = await bench.preflight({
    hyperparameters: {
      ...balanced,
      max_sequence_tokens: 8192,
      validation_share: 0,
      adapter_from: "best",
      max_steps: 3,
    },
    device: { kind: "cuda", uuids: ["GPU-gone"] },
  });
  const said = findings.map(({ tone, message }) => `${tone}: ${message}`).join("\n");
  expect(said).toContain("bad: This machine has no GPU GPU-gone");
  expect(said).toContain("bad: The base model reads 4,096 tokens at most");
  expect(said).toContain("bad: No rows are held out");
  expect(said).toContain("warning: The run has only 3 steps");
});
