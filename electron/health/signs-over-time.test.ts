import { expect, test } from "vitest";
import { GpuStrain } from "./gpu-strain.ts";
import { LossTrend } from "./loss-trend.ts";
import { StepPace } from "./step-pace.ts";

function trend(losses: readonly (number | null)[], from = 1): LossTrend {
  const found = new LossTrend();
  for (const [index, loss] of losses.entries()) found.add(from + index, loss);
  return found;
}
const many = (count: number, loss: number) => Array.from({ length: count }, () => loss);

test("a loss that stays above three times its usual one is high, and the usual one stays", () => {
  const found = trend([...many(100, 1.2), ...many(500, 5)]);
  expect([found.highSteps, found.calmSteps, found.usual, found.last]).toEqual([500, 0, 1.2, 5]);
});

test("one spike is not high for long; what is not finite says nothing", () => {
  expect(trend([...many(100, 1.2), 9, 9, 1.3]).highSteps).toBe(0);
  expect(trend([...many(100, 1.2), ...many(19, 9), null, 9]).highSteps).toBe(21);
  expect(trend([...many(100, 1.2), ...many(30, Number.NaN)]).highSteps).toBe(0);
});

test("a loss next to nothing does not explode by a little, nor does the first of a run", () => {
  expect(trend([...many(100, 0.01), ...many(30, 0.2)]).highSteps).toBe(0);
  expect(trend([...many(5, 0.5), ...many(14, 8)]).highSteps).toBe(0);
});

test("after a resume the steps are counted anew", () => {
  const found = trend([...many(100, 1.2), ...many(10, 9)]);
  found.add(90, 9);
  expect(found.highSteps).toBe(1);
});

test("the pace is the median time of a step, also where points were left out", () => {
  const pace = new StepPace();
  for (let step = 1; step <= 100; step += 1) pace.add(step, step * 1000 + (step === 50 ? 800 : 0));
  pace.add(110, 110_000);
  // An evaluation in between, a step taken again after a resume.
  pace.add(111, 500_000);
  pace.add(90, 501_000);
  pace.add(91, 502_000);
  expect(pace.medianMs).toBe(1000);
  expect(new StepPace().medianMs).toBeNull();
});

test("heat lasts while no sample is below; a gap in the samples says nothing", () => {
  const strain = new GpuStrain();
  const see = (seconds: number, temperatureC: number) =>
    strain.see(seconds * 1000, { temperatureC, throttling: [] });
  for (let second = 0; second <= 60; second += 2) see(second, 88);
  expect(strain.heat.onMs).toBe(60_000);
  see(62, 85);
  expect([strain.heat.onMs, strain.heat.offMs]).toEqual([0, 0]);
  for (let second = 64; second <= 100; second += 2) see(second, 80);
  expect(strain.heat.offMs).toBe(36_000);
  see(300, 88);
  expect(strain.heat.onMs).toBe(0);
});

test("throttling that comes and goes lasts; a power limit and idling are none", () => {
  const strain = new GpuStrain();
  for (let second = 0; second <= 60; second += 2) {
    const throttling = second % 8 === 0 ? (["hardware_thermal", "power_cap"] as const) : [];
    strain.see(second * 1000, { temperatureC: 80, throttling });
  }
  expect(strain.throttling.onMs).toBe(60_000);
  expect(strain.reasons).toEqual(["hardware_thermal"]);
  for (let second = 62; second <= 90; second += 2) {
    strain.see(second * 1000, { temperatureC: 80, throttling: ["power_cap"] });
  }
  expect(strain.throttling.onMs).toBe(0);
  expect(strain.throttling.offMs).toBeGreaterThan(15_000);
});
