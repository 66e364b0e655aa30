import { describe, expect, it } from "vitest";
import type { AttemptCost } from "../../shared/contract/costs.ts";
import { cloudWords, ownCost, sumOf } from "./cost-sum.ts";

function attempt(change: Partial<AttemptCost>): AttemptCost {
  return {
    attempt: 1,
    startedAt: "2026-03-05T12:00:00.000Z",
    endedAt: null,
    seconds: 60,
    gpuSeconds: 60,
    measuredGpuSeconds: 50,
    gapGpuSeconds: 10,
    energyKwh: null,
    energyCost: null,
    hardwareCost: null,
    cloudCost: null,
    ...change,
  };
}

describe("sumOf", () => {
  it("adds what is known", () => {
    const sum = sumOf([attempt({ energyKwh: 0.5 }), attempt({}), attempt({ energyKwh: 0.25 })]);
    expect(sum).toMatchObject({ seconds: 180, gapGpuSeconds: 30, energyKwh: 0.75 });
  });

  it("never makes nothing of what is not known", () => {
    expect(sumOf([attempt({}), attempt({})])).toMatchObject({ energyKwh: null, cloudCost: null });
  });
});

describe("ownCost", () => {
  it("takes what has a price", () => {
    expect(ownCost({ energyCost: 1, hardwareCost: null })).toBe(1);
    expect(ownCost({ energyCost: 1, hardwareCost: 2 })).toBe(3);
    expect(ownCost({ energyCost: null, hardwareCost: null })).toBeNull();
  });
});

describe("cloudWords", () => {
  it("compares only what can be compared", () => {
    expect(cloudWords(1, 3.42)).toBe("3.4 times as much");
    expect(cloudWords(4, 1)).toBe("4 times less");
    expect(cloudWords(1, 1.02)).toBe("about as much");
    expect(cloudWords(0, 1)).toBeUndefined();
    expect(cloudWords(null, 1)).toBeUndefined();
  });
});
