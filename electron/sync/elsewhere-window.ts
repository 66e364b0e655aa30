import { ExtremesCollector } from "../jobs/metrics-extremes.ts";
import { FIELD, pointsOf, RECORD_FIELDS } from "../jobs/metrics-record.ts";
import { type MetricsWindow, pixelEdges } from "../jobs/metrics-window.ts";

/** A whole curve, reduced to what a chart of that width can show: as a local one is. */
export function windowOf(records: Float64Array, pixels: number): MetricsWindow {
  const totalPoints = records.length / RECORD_FIELDS;
  if (totalPoints <= 2 * pixels) return { totalPoints, points: pointsOf(records) };
  const first = records[FIELD.step] ?? 0;
  const last = records[records.length - RECORD_FIELDS + FIELD.step] ?? 0;
  const edges = pixelEdges(first, last, pixels);
  const collector = new ExtremesCollector((step) => edges.after(step));
  collector.add(records);
  return { totalPoints, points: pointsOf(collector.finish()) };
}
