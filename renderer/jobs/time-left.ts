import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { JobProgress } from "../../shared/contract/job-facts.ts";

/** How far back the speed is measured: the newest points, at least this many if there are any. */
const RECENT_POINTS = 60;
/** A pause this many times longer than usual (the run was interrupted) does not count. */
const PAUSE_FACTOR = 20;

/**
 * Seconds per step over the newest points. The mean, so that evaluations and checkpoints count;
 * but steps across an interruption are left out. Null with fewer than three points.
 */
export function secondsPerStep(points: readonly MetricsPoint[]): number | null {
  const recent = points.slice(-RECENT_POINTS);
  const strides: { seconds: number; steps: number }[] = [];
  for (const [index, point] of recent.entries()) {
    const before = recent[index - 1];
    if (before === undefined) continue;
    const seconds = (Date.parse(point.recordedAt) - Date.parse(before.recordedAt)) / 1000;
    const steps = point.step - before.step;
    if (steps > 0 && seconds >= 0) strides.push({ seconds, steps });
  }
  if (strides.length < 2) return null;
  const usual = median(strides.map(({ seconds, steps }) => seconds / steps));
  const steady = strides.filter(
    ({ seconds, steps }) => seconds / steps <= Math.max(usual * PAUSE_FACTOR, 0.001),
  );
  const seconds = steady.reduce((total, stride) => total + stride.seconds, 0);
  const steps = steady.reduce((total, stride) => total + stride.steps, 0);
  return steps === 0 ? null : seconds / steps;
}

/** Null while the length of the run or its speed is not known yet. */
export function secondsLeft(progress: JobProgress, points: readonly MetricsPoint[]): number | null {
  const perStep = secondsPerStep(points);
  if (perStep === null || progress.totalSteps === 0) return null;
  return Math.max(0, progress.totalSteps - progress.step) * perStep;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
