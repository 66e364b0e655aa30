import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { teamRowsOf } from "../jobs/metrics-team-rows.ts";
import { CURVE_PAGE, type CurveRange, type CurveSource, readCurve } from "./elsewhere-curve.ts";
import { ElsewhereCurves } from "./elsewhere-curves.ts";
import { type CurveRow, mergeRecords, recordsOf } from "./elsewhere-points.ts";
import { windowOf } from "./elsewhere-window.ts";

const JOB = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";

function rowAt(step: number, loss: number | null = 1): CurveRow {
  return {
    step,
    epoch: step / 1000,
    training_loss: loss,
    validation_loss: null,
    learning_rate: 1e-4,
    gradient_norm: null,
    system_metrics: { tokens: 10, tokens_per_second: 5.5, step_ms: 2, memory_mb: 512 },
    recorded_at: new Date(Date.UTC(2026, 2, 1) + step * 1000).toISOString(),
  };
}

/** As the project gives them, and what it was asked. */
function sourceOf(rows: CurveRow[]): CurveSource & { asked: CurveRange[] } {
  const asked: CurveRange[] = [];
  return {
    asked,
    page: async (range) => {
      asked.push(range);
      return rows
        .filter(
          ({ step, recorded_at: at }) =>
            step > range.afterStep &&
            step <= (range.untilStep ?? Number.POSITIVE_INFINITY) &&
            (range.recordedFrom === null || at >= range.recordedFrom),
        )
        .slice(0, CURVE_PAGE);
    },
    lastStep: async () => rows.at(-1)?.step ?? null,
    count: async () => rows.length,
  };
}

/** Stretches of steps that lie differently far apart, with gaps between them. */
const curves = fc
  .array(fc.record({ count: fc.nat(1500), apart: fc.integer({ min: 1, max: 50 }) }), {
    maxLength: 5,
  })
  .map((stretches) => {
    const steps: number[] = [];
    let step = 0;
    for (const { count, apart } of stretches) {
      for (let index = 0; index < count; index += 1) steps.push((step += apart));
      step += 997;
    }
    return steps;
  });

test("a curve is read whole and in order, however its points lie", async () => {
  await fc.assert(
    fc.asyncProperty(curves, async (steps) => {
      const read = await readCurve(sourceOf(steps.map((step) => rowAt(step))), null);
      expect(read.map(({ step }) => step)).toEqual(steps);
    }),
    { numRuns: 40 },
  );
});

test("a refusal on the way is a refusal of the whole", async () => {
  const source = sourceOf(Array.from({ length: 5000 }, (_, step) => rowAt(step)));
  const torn: CurveSource = {
    ...source,
    page: async (range) => {
      if (range.afterStep > 2000) throw new AppError("unavailable", "away");
      return source.page(range);
    },
  };
  await expect(readCurve(torn, null)).rejects.toThrow("away");
});

test("records of rows are those that rows are made of", () => {
  const rows = [rowAt(1), rowAt(2, null), { ...rowAt(3), validation_loss: 0.5 }];
  expect(teamRowsOf(JOB, recordsOf(rows))).toMatchObject(rows);
});

test("of two records of a step the newer one counts, and none is lost", () => {
  const steps = fc.uniqueArray(fc.nat(200)).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(steps, steps, (older, newer) => {
      const merged = mergeRecords(
        recordsOf(older.map((step) => rowAt(step, 1))),
        recordsOf(newer.map((step) => rowAt(step, 2))),
      );
      const expected = [...new Set([...older, ...newer])]
        .toSorted((a, b) => a - b)
        .map((step) => rowAt(step, newer.includes(step) ? 2 : 1));
      expect(merged).toEqual(recordsOf(expected));
    }),
  );
});

test("a narrow chart keeps the ends, the spike and the dip of a long curve", () => {
  const rows = Array.from({ length: 20_000 }, (_, step) => rowAt(step, 1 + (step % 7) / 100));
  rows[12_345] = rowAt(12_345, 90);
  rows[4321] = rowAt(4321, 0.001);
  const { totalPoints, points } = windowOf(recordsOf(rows), 300);
  expect(totalPoints).toBe(20_000);
  expect(points.length).toBeLessThanOrEqual(1200);
  const losses = points.map(({ trainingLoss }) => trainingLoss);
  expect([losses.includes(90), losses.includes(0.001)]).toEqual([true, true]);
  expect(points.map(({ step }) => step)).toEqual(
    points.map(({ step }) => step).toSorted((a, b) => a - b),
  );
});

test("a curve that is looked at again asks only for what is new, and for what may have changed", async () => {
  let nowMs = 0;
  const rows = Array.from({ length: 3000 }, (_, step) => rowAt(step));
  const source = sourceOf(rows);
  const kept = new ElsewhereCurves(() => new Date(nowMs));
  const [first, same] = await Promise.all([kept.read(JOB, source), kept.read(JOB, source)]);
  expect(first).toEqual(recordsOf(rows));
  expect(same).toBe(first);

  // An evaluation joins a step that had been read, and another step follows.
  rows[2999] = { ...rowAt(2999), validation_loss: 0.25 };
  rows.push(rowAt(3000));
  const before = source.asked.length;
  nowMs += 10_000;
  expect(await kept.read(JOB, source)).toEqual(recordsOf(rows));
  expect(source.asked.length - before).toBe(1);

  // Nor is it read whole at once, as long as the number of points is the project's.
  rows[5] = rowAt(5, 8);
  nowMs += 10_000;
  await kept.read(JOB, source);
  expect(source.asked.length - before).toBe(2);

  // After a while it is read anew, with what had come late.
  rows[5] = rowAt(5, 9);
  nowMs += 600_000;
  expect(await kept.read(JOB, source)).toEqual(recordsOf(rows));
});

test("points whose time goes back, or that come late, are not missed", async () => {
  let nowMs = 0;
  const rows = Array.from({ length: 1500 }, (_, step) => rowAt(step));
  const source = sourceOf(rows);
  const kept = new ElsewhereCurves(() => new Date(nowMs));
  await kept.read(JOB, source);
  // The machine's clock was set back by a day: each new point is older than all that were read.
  for (let step = 1500; step < 1510; step += 1) {
    rows.push({
      ...rowAt(step),
      recorded_at: new Date(Date.UTC(2026, 1, 28) + step).toISOString(),
    });
  }
  nowMs += 10_000;
  expect(await kept.read(JOB, source)).toEqual(recordsOf(rows));
});

test("however points come, all steps are there at once, and all values within a minute or two", async () => {
  const changes = fc.array(
    fc.record({
      kind: fc.constantFrom("append", "insert", "change", "remove"),
      step: fc.nat(3000),
      atMs: fc.integer({ min: -100_000_000, max: 100_000_000 }),
      loss: fc.float({ noNaN: true }),
      passes: fc.integer({ min: 0, max: 70_000 }),
    }),
    { maxLength: 15 },
  );
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      let nowMs = 0;
      const points = new Map<number, CurveRow>();
      for (let step = 0; step < 3000; step += 3) points.set(step, rowAt(step));
      const rows = () => [...points.values()].toSorted((a, b) => a.step - b.step);
      const source: CurveSource = {
        page: (range) => sourceOf(rows()).page(range),
        lastStep: () => sourceOf(rows()).lastStep(),
        count: () => sourceOf(rows()).count(),
      };
      const kept = new ElsewhereCurves(() => new Date(nowMs));
      await kept.read(JOB, source);
      for (const { kind, step: place, atMs, loss, passes } of all) {
        const step = kind === "append" ? Math.max(...points.keys()) + 1 + place : place;
        const recordedAt = new Date(Date.UTC(2026, 2, 1) + atMs).toISOString();
        // A step is one of a change of values only where it is there.
        if (kind === "remove") points.delete(step);
        else if (kind !== "change" || points.has(step)) {
          points.set(step, { ...rowAt(step, loss), recorded_at: recordedAt });
        }
        nowMs += passes;
        const steps = windowOf(await kept.read(JOB, source), 10_000).points.map((p) => p.step);
        expect(steps).toEqual(rows().map((row) => row.step));
      }
      nowMs += 60_000;
      expect(await kept.read(JOB, source)).toEqual(recordsOf(rows()));
    }),
    { numRuns: 40 },
  );
});

test("a part of a curve is what lies between two steps, both inclusive", () => {
  const rows = Array.from({ length: 5000 }, (_, index) => rowAt(index * 2));
  const records = recordsOf(rows);
  const part = (fromStep?: number, toStep?: number) => {
    const { totalPoints, points } = windowOf(records, 10_000, { fromStep, toStep });
    expect(points).toHaveLength(totalPoints);
    return [totalPoints, points[0]?.step, points.at(-1)?.step];
  };
  expect(part()).toEqual([5000, 0, 9998]);
  expect(part(10, 20)).toEqual([6, 10, 20]);
  expect(part(11, 19)).toEqual([4, 12, 18]);
  expect(part(9998)).toEqual([1, 9998, 9998]);
  expect(part(undefined, 0)).toEqual([1, 0, 0]);
  expect(part(9999)).toEqual([0, undefined, undefined]);
  // Where it is wide, a part of it is seen in more detail than the whole.
  const narrow = windowOf(records, 100, { fromStep: 2000, toStep: 2399 });
  expect(narrow.totalPoints).toBe(200);
  expect(narrow.points).toHaveLength(200);
});
