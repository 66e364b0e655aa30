import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { createTimeText } from "./metrics-times.ts";

/*
 * A point of a curve as the store keeps it: a record of 64-bit floats in a Float64Array, so that
 * thousands are read and compared without making an object of each. What is not there is NaN.
 * The order is part of the database: a change needs a migration.
 */
export const FIELD = {
  step: 0,
  epoch: 1,
  trainingLoss: 2,
  validationLoss: 3,
  learningRate: 4,
  gradientNorm: 5,
  tokens: 6,
  tokensPerSecond: 7,
  stepMs: 8,
  memoryMb: 9,
  recordedAtMs: 10,
} as const;
export const RECORD_FIELDS = 11;

export interface StepPoint {
  kind: "step";
  step: number;
  epoch: number;
  loss: number | null;
  learningRate: number;
  gradientNorm: number | null;
  tokens: number;
  tokensPerSecond: number;
  stepMs: number;
  memoryMb: number;
  /** Since 1970, whole. */
  recordedAtMs: number;
}
export interface EvaluationPoint {
  kind: "evaluation";
  step: number;
  epoch: number;
  loss: number | null;
  recordedAtMs: number;
}
export type NewPoint = StepPoint | EvaluationPoint;

/** Writes a training step at `at`; the validation loss that may stand there stays. */
export function writeStep(records: Float64Array, at: number, point: StepPoint): void {
  records[at + FIELD.step] = point.step;
  records[at + FIELD.epoch] = point.epoch;
  records[at + FIELD.trainingLoss] = point.loss ?? Number.NaN;
  records[at + FIELD.learningRate] = point.learningRate;
  records[at + FIELD.gradientNorm] = point.gradientNorm ?? Number.NaN;
  records[at + FIELD.tokens] = point.tokens;
  records[at + FIELD.tokensPerSecond] = point.tokensPerSecond;
  records[at + FIELD.stepMs] = point.stepMs;
  records[at + FIELD.memoryMb] = point.memoryMb;
  records[at + FIELD.recordedAtMs] = point.recordedAtMs;
}

/** Writes an evaluation at `at`, where no training step is known. */
export function writeEvaluation(records: Float64Array, at: number, point: EvaluationPoint): void {
  records.fill(Number.NaN, at, at + RECORD_FIELDS);
  records[at + FIELD.step] = point.step;
  records[at + FIELD.epoch] = point.epoch;
  records[at + FIELD.validationLoss] = point.loss ?? Number.NaN;
  records[at + FIELD.recordedAtMs] = point.recordedAtMs;
}

export function fieldOf(records: Float64Array, at: number, field: keyof typeof FIELD): number {
  return records[at + FIELD[field]] ?? Number.NaN;
}

export function fieldOrNull(
  records: Float64Array,
  at: number,
  field: keyof typeof FIELD,
): number | null {
  const value = fieldOf(records, at, field);
  return Number.isNaN(value) ? null : value;
}

/** @param timeText see `createTimeText`. */
export function pointOf(
  records: Float64Array,
  at: number,
  timeText: (ms: number) => string,
): MetricsPoint {
  return {
    step: fieldOf(records, at, "step"),
    epoch: fieldOf(records, at, "epoch"),
    trainingLoss: fieldOrNull(records, at, "trainingLoss"),
    validationLoss: fieldOrNull(records, at, "validationLoss"),
    learningRate: fieldOrNull(records, at, "learningRate"),
    gradientNorm: fieldOrNull(records, at, "gradientNorm"),
    tokensPerSecond: fieldOrNull(records, at, "tokensPerSecond"),
    memoryMb: fieldOrNull(records, at, "memoryMb"),
    recordedAt: timeText(fieldOf(records, at, "recordedAtMs")),
  };
}

export function pointsOf(records: Float64Array): MetricsPoint[] {
  const points: MetricsPoint[] = [];
  const timeText = createTimeText();
  for (let at = 0; at < records.length; at += RECORD_FIELDS) {
    points.push(pointOf(records, at, timeText));
  }
  return points;
}
