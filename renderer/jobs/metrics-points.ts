import type { MetricsPoint } from "../../shared/contract/job-records.ts";

/** Points per pixel that a chart gets at most: the minimum and the maximum. */
const POINTS_PER_PIXEL = 2;

/**
 * Adds points to a list in order of steps. Two points of one step are the same step told twice (a
 * training step and its evaluation, or a step repeated after a resume): the later word wins, and
 * where it is silent the earlier one stands.
 */
export function mergePoints(
  points: readonly MetricsPoint[],
  incoming: readonly MetricsPoint[],
): readonly MetricsPoint[] {
  if (incoming.length === 0) return points;
  const last = points.at(-1)?.step ?? -1;
  if (incoming.every((point, index) => point.step > (incoming[index - 1]?.step ?? last))) {
    return [...points, ...incoming];
  }
  const byStep = new Map(points.map((point) => [point.step, point]));
  for (const point of incoming) {
    const known = byStep.get(point.step);
    byStep.set(point.step, known === undefined ? point : combine(known, point));
  }
  return [...byStep.values()].toSorted((a, b) => a.step - b.step);
}

function combine(known: MetricsPoint, later: MetricsPoint): MetricsPoint {
  return {
    step: later.step,
    epoch: later.epoch,
    trainingLoss: later.trainingLoss ?? known.trainingLoss,
    validationLoss: later.validationLoss ?? known.validationLoss,
    learningRate: later.learningRate ?? known.learningRate,
    gradientNorm: later.gradientNorm ?? known.gradientNorm,
    tokensPerSecond: later.tokensPerSecond ?? known.tokensPerSecond,
    memoryMb: later.memoryMb ?? known.memoryMb,
    recordedAt: later.recordedAt,
  };
}

/** More points than the chart can show: the core is asked for a fresh window. */
export function isTooDense(points: readonly MetricsPoint[], pixels: number): boolean {
  return points.length > pixels * POINTS_PER_PIXEL;
}

/** A little fewer than the chart has, which leaves room for live points before the next window. */
export function pixelsToAsk(pixels: number): number {
  return Math.max(1, Math.floor(pixels * 0.8));
}

export type MetricsFigure =
  | "trainingLoss"
  | "learningRate"
  | "gradientNorm"
  | "tokensPerSecond"
  | "memoryMb";

/**
 * The values of one figure for a chart. `null` draws a gap: the step was there, its figure was not
 * (a loss that is not finite). `undefined` draws through: only an evaluation was told of that step.
 */
export function figureOf(
  points: readonly MetricsPoint[],
  figure: MetricsFigure,
): (number | null | undefined)[] {
  return points.map((point) => point[figure] ?? (isEvaluationOnly(point) ? undefined : null));
}

/** Validation is drawn as points with a line through them, so what lies between is `undefined`. */
export function validationLosses(points: readonly MetricsPoint[]): (number | undefined)[] {
  return points.map(({ validationLoss }) => validationLoss ?? undefined);
}

function isEvaluationOnly(point: MetricsPoint): boolean {
  return point.learningRate === null && point.validationLoss !== null;
}

/** The latest point that tells of a training step. */
export function latestStep(points: readonly MetricsPoint[]): MetricsPoint | undefined {
  return points.findLast((point) => !isEvaluationOnly(point));
}
