import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import {
  evaluationPoint,
  METRICS_JOB as JOB,
  openMetricsBench,
  stepPoint,
} from "./fixtures/metrics-bench.ts";
import type { NewPoint } from "./metrics-record.ts";
import { MetricsStore } from "./metrics-store.ts";
import { pixelEdges, readMetricsWindow } from "./metrics-window.ts";

type Loss = number | null;
type Model = Map<number, { training: Loss; validation: Loss }>;

/** What the store promises, in the plainest way. */
function apply(model: Model, point: NewPoint): void {
  const known = model.get(point.step) ?? { training: null, validation: null };
  const told = point.kind === "step" ? { training: point.loss } : { validation: point.loss };
  model.set(point.step, { ...known, ...told });
}

function within(model: Model, from: number, to: number): number[] {
  return [...model.keys()].filter((step) => step >= from && step <= to).sort((a, b) => a - b);
}

/** Of these steps the lowest and the highest; of equal ones the first. */
function extremes(steps: readonly number[], lossOf: (step: number) => Loss): number[] {
  const finite = steps.filter((step) => lossOf(step) !== null);
  const loss = (step: number) => lossOf(step) ?? 0;
  return [
    ...finite.toSorted((a, b) => loss(a) - loss(b)).slice(0, 1),
    ...finite.toSorted((a, b) => loss(b) - loss(a)).slice(0, 1),
  ];
}

function reduced(model: Model, from: number, to: number, pixels: number): number[] {
  const steps = within(model, from, to);
  const [first = 0] = steps;
  const last = steps.at(-1) ?? 0;
  if (steps.length <= 2 * pixels) return steps;
  const edge = pixelEdges(first, last, pixels);
  const kept = new Set<number>();
  for (let pixel = 0, at = 0; pixel < pixels; pixel++) {
    const own: number[] = [];
    for (; (steps[at] ?? Infinity) < edge.at(pixel + 1); at++) own.push(steps[at] ?? 0);
    const training = extremes(own, (step) => model.get(step)?.training ?? null);
    const validation = extremes(own, (step) => model.get(step)?.validation ?? null);
    const chosen = [...(training.length > 0 ? training : own.slice(0, 1)), ...validation];
    for (const step of chosen) kept.add(step);
  }
  return [...kept].sort((a, b) => a - b);
}

/** Evenly between 0 and `most`, which `fc.double` is not. */
const share = (most: number) => fc.integer({ min: 0, max: most * 1000 }).map((part) => part / 1000);
const loss = fc.option(fc.integer({ min: 0, max: 40 }), { nil: null, freq: 12 });
/** An attempt: from a step that was there before, or behind a gap, so many steps of `stride`. */
const attempt = fc.record({
  /** Where it begins, as a share of what is there; above 1 behind its end. */
  from: share(1.3),
  steps: fc.integer({ min: 1, max: 5000 }),
  stride: fc.constantFrom(1, 1, 1, 3),
  /** Points that are saved at once. */
  batch: fc.constantFrom(7, 300, 2500),
  losses: fc.array(loss, { minLength: 1, maxLength: 40 }),
  evaluateEvery: fc.constantFrom(1, 50, 10_000),
});
type AttemptPlan = typeof attempt extends fc.Arbitrary<infer T> ? T : never;
const window = fc.record({
  from: share(1),
  share: share(1),
  pixels: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 300 })),
});

function* pointsOf(begin: number, run: AttemptPlan): Generator<NewPoint> {
  for (let at = 0; at < run.steps; at++) {
    const step = begin + at * run.stride;
    const ofStep = (shift: number) => run.losses[(at * at + shift) % run.losses.length] ?? null;
    yield stepPoint(step, ofStep(0));
    if (at % run.evaluateEvery === run.evaluateEvery - 1) yield evaluationPoint(step, ofStep(1));
  }
}

function saveInBatches(metrics: MetricsStore, model: Model, points: NewPoint[], size: number) {
  for (let at = 0; at < points.length; at += size) {
    const batch = points.slice(at, at + size);
    for (const point of batch) apply(model, point);
    const saved = metrics.save(JOB, batch).flatMap((records) => [...records]);
    expect(saved.length).toBeGreaterThan(0);
  }
}

it("answers as a plain list of points would, whatever was appended and overwritten", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(attempt, { minLength: 1, maxLength: 4 }),
      fc.array(window, { minLength: 1, maxLength: 6 }),
      async (attempts, windows) => {
        const store = openMetricsBench();
        const metrics = new MetricsStore(store);
        const model: Model = new Map();
        for (const run of attempts) {
          const end = Math.max(0, ...within(model, 0, Infinity).slice(-1));
          saveInBatches(metrics, model, [...pointsOf(Math.round(run.from * end), run)], run.batch);
        }
        const seen = (points: readonly MetricsPoint[]) =>
          points.map(({ step, trainingLoss: training, validationLoss: validation }) => [
            step,
            { training, validation },
          ]);
        const steps = within(model, 0, Infinity);
        expect(seen(metrics.list(JOB, 0, Infinity))).toEqual(
          steps.map((step) => [step, model.get(step)]),
        );
        const end = steps.at(-1) ?? 0;
        for (const { from, share, pixels } of windows) {
          const fromStep = Math.round(from * end);
          const toStep = fromStep + Math.round(share * (end - fromStep));
          const answer = await readMetricsWindow(metrics, JOB, { fromStep, toStep, pixels });
          expect(answer.totalPoints).toBe(within(model, fromStep, toStep).length);
          expect(seen(answer.points)).toEqual(
            reduced(model, fromStep, toStep, pixels).map((step) => [step, model.get(step)]),
          );
        }
        const validated = steps.filter((step) => (model.get(step)?.validation ?? null) !== null);
        const lastValidation = model.get(validated.at(-1) ?? -1)?.validation ?? null;
        expect(metrics.lastValidationLoss(JOB)).toBe(lastValidation);
        store.close();
      },
    ),
    { numRuns: 25 },
  );
});

it("writes little for a run that goes on step by step", () => {
  const store = openMetricsBench();
  const metrics = new MetricsStore(store);
  metrics.save(
    JOB,
    Array.from({ length: 100_000 }, (_, step) => stepPoint(step, 1)),
  );
  const rows = () =>
    store.prepare("SELECT level, level || '/' || block AS name, records FROM metrics_blocks").all();
  const before = new Map(rows().map((row) => [row["name"], row["records"]]));
  metrics.save(JOB, [stepPoint(100_000, 1)]);
  const changed = rows().filter((row) => {
    const was = before.get(row["name"]) as Uint8Array | undefined;
    return was === undefined || Buffer.compare(was, row["records"] as Uint8Array) !== 0;
  });
  expect(changed.map(({ level }) => level)).toEqual([0]);
  store.close();
});

it("removes a curve in portions", () => {
  const store = openMetricsBench();
  const metrics = new MetricsStore(store);
  metrics.save(
    JOB,
    Array.from({ length: 2000 }, (_, step) => stepPoint(step, 1)),
  );
  expect(metrics.removeSome(JOB, 10)).toBe(10);
  expect(metrics.removeSome(JOB, 10)).toBeLessThan(10);
  expect(metrics.list(JOB, 0, 9999)).toEqual([]);
  expect(store.prepare("SELECT * FROM metrics_series").all()).toEqual([]);
  store.close();
});
