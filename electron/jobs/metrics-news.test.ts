import { beforeEach, describe, expect, it } from "vitest";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { METRICS_JOB as JOB, stepPoint } from "./fixtures/metrics-bench.ts";
import { MetricsNews } from "./metrics-news.ts";
import { RECORD_FIELDS, writeStep } from "./metrics-record.ts";

let nowMs: number;
let told: readonly MetricsPoint[][];
let news: MetricsNews;
beforeEach(() => {
  nowMs = 1_790_000_000_000;
  const batches: MetricsPoint[][] = [];
  told = batches;
  news = new MetricsNews(
    (_topic, data) => batches.push((data as { points: MetricsPoint[] }).points),
    () => new Date(nowMs),
  );
});

function records(from: number, to: number, lossOf = (step: number) => step): Float64Array {
  const made = new Float64Array((to - from + 1) * RECORD_FIELDS).fill(Number.NaN);
  for (let step = from; step <= to; step++) {
    writeStep(made, (step - from) * RECORD_FIELDS, stepPoint(step, lossOf(step)));
  }
  return made;
}
const steps = () => told.map((points) => points.map(({ step }) => step));

describe("news of points", () => {
  it("is told at once when no more is coming", () => {
    news.add(JOB, [records(1, 2)], false);
    news.add(JOB, [records(3, 3)], false);
    expect(steps()).toEqual([[1, 2], [3]]);
  });

  it("waits while more is coming, for a tenth of a second at most, and is never lost", () => {
    news.add(JOB, [records(1, 1)], true);
    news.add(JOB, [records(2, 2)], true);
    expect(steps()).toEqual([[1]]);
    nowMs += 100;
    news.add(JOB, [records(3, 3)], true);
    expect(steps()).toEqual([[1], [2, 3]]);
    news.add(JOB, [records(4, 4)], true);
    news.tell(JOB);
    news.tell(JOB);
    expect(steps()).toEqual([[1], [2, 3], [4]]);
  });

  it("tells the last word of a step that was taken again", () => {
    news.add(JOB, [records(1, 3), records(2, 2, () => 99)], false);
    expect(told[0]?.map(({ trainingLoss }) => trainingLoss)).toEqual([1, 99, 3]);
  });

  it("thins out what is too much, and keeps spikes and the newest step", () => {
    const lossOf = (step: number) => (step === 31_234 ? 1000 : (step % 7) + 1);
    news.add(JOB, [records(1, 20_000, lossOf), records(20_001, 50_000, lossOf)], false);
    const [points = []] = told;
    expect(points.length).toBeGreaterThan(2000);
    expect(points.length).toBeLessThan(5000);
    expect(points).toContainEqual(expect.objectContaining({ step: 31_234, trainingLoss: 1000 }));
    expect(points.at(-1)?.step).toBe(50_000);
  });
});
