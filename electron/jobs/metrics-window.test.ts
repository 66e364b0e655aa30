import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../store/open-store.ts";
import {
  evaluationPoint,
  METRICS_JOB as JOB,
  openMetricsBench,
  stepPoint,
  stepPoints,
} from "./fixtures/metrics-bench.ts";
import { MetricsStore } from "./metrics-store.ts";
import { readMetricsWindow } from "./metrics-window.ts";

let store: Store;
let metrics: MetricsStore;
beforeEach(() => {
  store = openMetricsBench();
  metrics = new MetricsStore(store);
});
afterEach(() => store.close());

function fill(count: number, lossOf: (step: number) => number | null): void {
  metrics.save(JOB, stepPoints(count, lossOf));
}

function evaluate(step: number, loss: number): void {
  metrics.save(JOB, [evaluationPoint(step, loss)]);
}

const everything = { fromStep: 0, toStep: Number.MAX_SAFE_INTEGER };

describe("metrics", () => {
  it("joins an evaluation with the training loss of its step, whichever comes first", () => {
    evaluate(1, 0.7);
    metrics.save(JOB, [stepPoint(1, 0.9)]);
    metrics.save(JOB, [stepPoint(2, 0.8), evaluationPoint(2, 0.6)]);
    expect(metrics.list(JOB, 0, 9)).toEqual([
      expect.objectContaining({ trainingLoss: 0.9, validationLoss: 0.7, tokensPerSecond: 640 }),
      expect.objectContaining({ trainingLoss: 0.8, validationLoss: 0.6, tokensPerSecond: 640 }),
    ]);
  });

  it("tells of an evaluation alone what it knows", () => {
    evaluate(3, 0.7);
    expect(metrics.list(JOB, 0, 9)).toEqual([
      {
        step: 3,
        epoch: 0,
        trainingLoss: null,
        validationLoss: 0.7,
        learningRate: null,
        gradientNorm: null,
        tokensPerSecond: null,
        memoryMb: null,
        recordedAt: "2026-01-01T00:00:00.000Z",
      },
    ]);
  });

  it("replaces a step that is taken again", () => {
    fill(3, () => 1);
    metrics.save(JOB, [stepPoint(3, 0.5)]);
    expect(metrics.list(JOB, 0, 9).map((point) => point.trainingLoss)).toEqual([1, 1, 0.5]);
  });
});

describe("readMetricsWindow", () => {
  it("gives every point when they fit", async () => {
    fill(20, (step) => step);
    const window = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 10 });
    expect(window.totalPoints).toBe(20);
    expect(window.points).toHaveLength(20);
  });

  it("gives nothing where there is nothing", async () => {
    const nothing = { totalPoints: 0, points: [] };
    expect(await readMetricsWindow(metrics, JOB, { ...everything, pixels: 10 })).toEqual(nothing);
    metrics.save(JOB, [stepPoint(1, 1), stepPoint(9, 1)]);
    const between = { fromStep: 2, toStep: 8, pixels: 10 };
    expect(await readMetricsWindow(metrics, JOB, between)).toEqual(nothing);
  });

  it("keeps at most two points per pixel, in order, and loses no spike", async () => {
    const spikes = new Map([
      [777, 9],
      [4242, -3],
    ]);
    fill(10_000, (step) => spikes.get(step) ?? Math.sin(step / 300));
    const window = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 100 });
    expect(window.totalPoints).toBe(10_000);
    expect(window.points.length).toBeLessThanOrEqual(200);
    expect(window.points.length).toBeGreaterThan(100);
    const steps = window.points.map((point) => point.step);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(window.points).toContainEqual(expect.objectContaining({ step: 777, trainingLoss: 9 }));
    expect(window.points).toContainEqual(expect.objectContaining({ step: 4242, trainingLoss: -3 }));
  });

  it("never drops a validation loss until there are more than two in a pixel", async () => {
    fill(1000, () => 1);
    for (let step = 100; step <= 1000; step += 100) evaluate(step, step);
    const few = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 20 });
    const kept = few.points.flatMap(({ validationLoss }) => validationLoss ?? []);
    expect(kept).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    const one = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 1 });
    expect(one.points.flatMap(({ validationLoss }) => validationLoss ?? [])).toEqual([100, 1000]);
  });

  it("keeps to the asked steps, and shows where no loss was finite", async () => {
    fill(1000, (step) => (step > 500 ? null : 1));
    const window = await readMetricsWindow(metrics, JOB, { fromStep: 401, toStep: 600, pixels: 2 });
    expect(window.totalPoints).toBe(200);
    expect(window.points[0]).toMatchObject({ trainingLoss: 1 });
    expect(window.points.at(-1)).toMatchObject({ trainingLoss: null });
    expect(window.points.every(({ step }) => step > 400 && step <= 600)).toBe(true);
  });

  it("gives the few points of a long stretch as they are", async () => {
    metrics.save(JOB, [stepPoint(1, 1), stepPoint(5e9, 2), stepPoint(1e15, 3)]);
    const window = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 4 });
    expect(window.points.map(({ step }) => step)).toEqual([1, 5e9, 1e15]);
  });
});
