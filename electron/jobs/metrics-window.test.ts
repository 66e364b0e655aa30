import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../store/open-store.ts";
import { MetricsStore, type StepPoint } from "./metrics-store.ts";
import { readMetricsWindow } from "./metrics-window.ts";

const JOB = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";
const AT = "2026-01-01T00:00:00.000Z";

let store: Store;
let metrics: MetricsStore;
beforeEach(() => {
  store = openStore({ path: ":memory:", log: () => undefined });
  // The points are looked at by themselves here, without the job they belong to.
  store.prepare("PRAGMA foreign_keys = OFF").run();
  metrics = new MetricsStore(store, randomUUID);
});
afterEach(() => store.close());

function stepPoint(step: number, loss: number | null): StepPoint {
  return {
    kind: "step",
    step,
    epoch: step / 100,
    loss,
    learningRate: 1e-4,
    gradientNorm: 0.5,
    tokens: step * 100,
    tokensPerSecond: 640,
    stepMs: 20,
    memoryMb: 512,
    recordedAt: AT,
  };
}

function fill(count: number, lossOf: (step: number) => number | null): void {
  store.transaction(() => {
    for (let step = 1; step <= count; step++) metrics.save(JOB, stepPoint(step, lossOf(step)));
  });
}

function evaluate(step: number, loss: number): void {
  metrics.save(JOB, { kind: "evaluation", step, epoch: 0, loss, recordedAt: AT });
}

const everything = { fromStep: 0, toStep: Number.MAX_SAFE_INTEGER };

describe("metrics", () => {
  it("joins an evaluation with the training loss of its step, whichever comes first", () => {
    evaluate(1, 0.7);
    expect(metrics.save(JOB, stepPoint(1, 0.9))).toMatchObject({
      trainingLoss: 0.9,
      validationLoss: 0.7,
      tokensPerSecond: 640,
    });
    metrics.save(JOB, stepPoint(2, 0.8));
    evaluate(2, 0.6);
    expect(metrics.list(JOB, 2, 2)[0]).toMatchObject({ trainingLoss: 0.8, validationLoss: 0.6 });
  });

  it("replaces a step that is taken again", () => {
    fill(3, () => 1);
    metrics.save(JOB, stepPoint(3, 0.5));
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
    const window = await readMetricsWindow(metrics, JOB, { ...everything, pixels: 10 });
    expect(window).toEqual({ totalPoints: 0, points: [] });
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
});
