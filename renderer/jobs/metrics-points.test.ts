import { describe, expect, it } from "vitest";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import {
  figureOf,
  isTooDense,
  latestStep,
  mergePoints,
  pixelsToAsk,
  validationLosses,
} from "./metrics-points.ts";
import { secondsLeft, secondsPerStep } from "./time-left.ts";

const START = Date.parse("2026-03-05T12:00:00Z");

function point(step: number, change: Partial<MetricsPoint> = {}): MetricsPoint {
  return {
    step,
    epoch: step / 100,
    trainingLoss: 2,
    validationLoss: null,
    learningRate: 1e-4,
    gradientNorm: 1,
    tokensPerSecond: 1000,
    memoryMb: 500,
    recordedAt: new Date(START + step * 2000).toISOString(),
    ...change,
  };
}

function evaluation(step: number, validationLoss: number): MetricsPoint {
  return point(step, {
    trainingLoss: null,
    validationLoss,
    learningRate: null,
    gradientNorm: null,
    tokensPerSecond: null,
    memoryMb: null,
  });
}

describe("mergePoints", () => {
  it("appends what comes after", () => {
    const merged = mergePoints([point(1)], [point(2), point(3)]);
    expect(merged.map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it("joins a step and its evaluation into one point", () => {
    const [merged] = mergePoints([point(10, { trainingLoss: 1.5 })], [evaluation(10, 1.7)]);
    expect(merged).toMatchObject({ step: 10, trainingLoss: 1.5, validationLoss: 1.7 });
  });

  it("replaces steps that are repeated after a resume and keeps the order", () => {
    const merged = mergePoints(
      [point(1), point(2), point(3), point(4)],
      [point(3, { trainingLoss: 9 }), point(4, { trainingLoss: 8 }), point(5)],
    );
    expect(merged.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(merged[2]?.trainingLoss).toBe(9);
  });

  it("copes with a batch that repeats its own steps", () => {
    const merged = mergePoints([], [point(1), point(2), evaluation(2, 3)]);
    expect(merged.map(({ step }) => step)).toEqual([1, 2]);
    expect(merged[1]?.validationLoss).toBe(3);
  });
});

describe("density", () => {
  it("asks for less than it can show, so that live points have room", () => {
    expect(pixelsToAsk(1000)).toBe(800);
    expect(pixelsToAsk(1)).toBe(1);
    const points = Array.from({ length: 201 }, (_, step) => point(step));
    expect(isTooDense(points, 100)).toBe(true);
    expect(isTooDense(points.slice(1), 100)).toBe(false);
  });
});

describe("figures", () => {
  it("tells a gap from a point that only evaluates", () => {
    const points = [point(1), point(2, { trainingLoss: null }), evaluation(3, 1.2)];
    expect(figureOf(points, "trainingLoss")).toEqual([2, null, undefined]);
    expect(validationLosses(points)).toEqual([undefined, undefined, 1.2]);
    expect(latestStep(points)?.step).toBe(2);
  });
});

describe("time left", () => {
  it("comes from the measured speed", () => {
    const points = Array.from({ length: 10 }, (_, step) => point(step));
    expect(secondsPerStep(points)).toBeCloseTo(2);
    expect(secondsLeft({ step: 9, totalSteps: 109, epoch: 0 }, points)).toBeCloseTo(200);
  });

  it("leaves out the hours in which an interrupted run stood still", () => {
    const before = Array.from({ length: 5 }, (_, step) => point(step));
    const after = Array.from({ length: 5 }, (_, index) =>
      point(index + 5, { recordedAt: new Date(START + 9e7 + index * 2000).toISOString() }),
    );
    expect(secondsPerStep([...before, ...after])).toBeCloseTo(2);
  });

  it("is not known before there is a speed and a length", () => {
    expect(secondsPerStep([point(1), point(2)])).toBeNull();
    const points = Array.from({ length: 10 }, (_, step) => point(step));
    expect(secondsLeft({ step: 9, totalSteps: 0, epoch: 0 }, points)).toBeNull();
  });
});
