import { ExtremesCollector } from "../jobs/metrics-extremes.ts";
import { FIELD, pointsOf, RECORD_FIELDS } from "../jobs/metrics-record.ts";
import { type MetricsWindow, pixelEdges } from "../jobs/metrics-window.ts";

export interface StepRange {
  fromStep?: number | undefined;
  toStep?: number | undefined;
}

/** A curve between two steps (inclusive), reduced to what a chart of that width can show: as a local one is. */
export function windowOf(
  curve: Float64Array,
  pixels: number,
  range: StepRange = {},
): MetricsWindow {
  const records = curve.subarray(
    placeOf(curve, range.fromStep ?? Number.NEGATIVE_INFINITY),
    placeOf(curve, (range.toStep ?? Number.POSITIVE_INFINITY) + 1),
  );
  const totalPoints = records.length / RECORD_FIELDS;
  if (totalPoints <= 2 * pixels) return { totalPoints, points: pointsOf(records) };
  const first = records[FIELD.step] ?? 0;
  const last = records[records.length - RECORD_FIELDS + FIELD.step] ?? 0;
  const edges = pixelEdges(first, last, pixels);
  const collector = new ExtremesCollector((step) => edges.after(step));
  collector.add(records);
  return { totalPoints, points: pointsOf(collector.finish()) };
}

/** Where the first record of that step or a later one begins. */
function placeOf(records: Float64Array, step: number): number {
  let low = 0;
  let high = records.length / RECORD_FIELDS;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((records[middle * RECORD_FIELDS + FIELD.step] ?? 0) < step) low = middle + 1;
    else high = middle;
  }
  return low * RECORD_FIELDS;
}
