import type { MetricsPoint } from "../../shared/contract/jobs.ts";
import type { MetricsStore } from "./metrics-store.ts";

/** Pixels that are read before other work gets its turn: a few milliseconds at a million points. */
const PIXELS_PER_TURN = 32;

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
  if (extent.count <= 2 * window.pixels) {
    return {
      totalPoints: extent.count,
      points: extent.count === 0 ? [] : metrics.list(jobId, extent.first, extent.last),
    };
  }
  const stepsPerPixel = (extent.last - extent.first + 1) / window.pixels;
  const kept = new Map<number, MetricsPoint>();
  for (let pixel = 0; pixel < window.pixels; pixel++) {
    if (pixel % PIXELS_PER_TURN === PIXELS_PER_TURN - 1) await otherWork();
    const from = extent.first + Math.ceil(pixel * stepsPerPixel);
    const to = extent.first + Math.ceil((pixel + 1) * stepsPerPixel) - 1;
    for (const point of metrics.extremes(jobId, from, to)) kept.set(point.step, point);
    for (const point of extremeEvaluations(metrics.listEvaluations(jobId, from, to))) {
      kept.set(point.step, point);
    }
  }
  return {
    totalPoints: extent.count,
    points: [...kept.values()].sort((a, b) => a.step - b.step),
  };
}

function extremeEvaluations(points: readonly MetricsPoint[]): readonly MetricsPoint[] {
  if (points.length <= 2) return points;
  const byLoss = [...points].sort((a, b) => (a.validationLoss ?? 0) - (b.validationLoss ?? 0));
  return [byLoss[0], byLoss.at(-1)].filter((point) => point !== undefined);
}

function otherWork(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
