import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { ExtremesCollector } from "./metrics-extremes.ts";
import { bucketSteps, levelFor } from "./metrics-levels.ts";
import { pointsOf } from "./metrics-record.ts";
import type { MetricsStore } from "./metrics-store.ts";

/** Pixels that are read before other work gets its turn: some milliseconds. */
const PIXELS_PER_TURN = 2048;
/** A pixel is at least so many buckets wide, so its edges are at most an eighth of it off. */
const BUCKETS_PER_PIXEL = 4;

export interface MetricsWindow {
  totalPoints: number;
  points: MetricsPoint[];
}

/**
 * The curve between two steps (inclusive), reduced to what a chart of that width can show: in each
 * pixel the points of lowest and highest training loss, and of lowest and highest validation loss.
 * No spike is lost; the points returned are real ones, in the order of steps.
 */
export async function readMetricsWindow(
  metrics: MetricsStore,
  jobId: string,
  window: { fromStep: number; toStep: number; pixels: number },
): Promise<MetricsWindow> {
  const extent = metrics.extent(jobId, window.fromStep, window.toStep);
  if (extent === null) return { totalPoints: 0, points: [] };
  const { first, last } = extent;
  const { pixels } = window;
  const all = () => {
    const points = metrics.list(jobId, first, last);
    return { totalPoints: points.length, points };
  };
  if (last - first + 1 <= 2 * pixels) return all();
  const edge = pixelEdges(first, last, pixels);
  const level = levelFor((last - first + 1) / pixels, BUCKETS_PER_PIXEL);
  const collector = new ExtremesCollector((step) => edge.after(step));
  let totalPoints = 0;
  for (let pixel = 0; pixel < pixels; pixel += PIXELS_PER_TURN) {
    if (pixel > 0) await otherWork();
    const from = edge.at(pixel);
    const to = edge.at(Math.min(pixels, pixel + PIXELS_PER_TURN)) - 1;
    totalPoints += metrics.read(jobId, level, from, to, (records, start, end) =>
      collector.add(records, start, end),
    );
  }
  if (totalPoints <= 2 * pixels) return all();
  return { totalPoints, points: pointsOf(collector.finish()) };
}

export interface PixelEdges {
  /** The first step of a pixel. */
  at(pixel: number): number;
  /** The first step behind the pixel in which `step` is. */
  after(step: number): number;
}

/**
 * Divides the steps from `first` to `last` among more pixels than half of them. Edges inside lie on
 * the buckets of the level that is read, at most an eighth of a pixel from where they would be.
 */
export function pixelEdges(first: number, last: number, pixels: number): PixelEdges {
  const width = (last - first + 1) / pixels;
  const grid = bucketSteps(levelFor(width, BUCKETS_PER_PIXEL));
  const at = (pixel: number): number => {
    if (pixel <= 0) return first;
    if (pixel >= pixels) return last + 1;
    return Math.round((first + pixel * width) / grid) * grid;
  };
  return {
    at,
    after(step) {
      let pixel = Math.floor((step - first) / width);
      while (at(pixel) > step) pixel -= 1;
      while (at(pixel + 1) <= step) pixel += 1;
      return at(pixel + 1);
    },
  };
}

function otherWork(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
