import type { z } from "zod";
import { FIELD, RECORD_FIELDS } from "../jobs/metrics-record.ts";
import { metricsPointRowSchema } from "../../shared/types/team-rows.ts";

/** What a chart needs of a row of `metrics_points`. */
export const curveRowSchema = metricsPointRowSchema.omit({ id: true, job_id: true });
export type CurveRow = z.infer<typeof curveRowSchema>;

/** Rows as records of the kind that the local store keeps; see `metrics-team-rows.ts`. */
export function recordsOf(rows: readonly CurveRow[]): Float64Array {
  const records = new Float64Array(rows.length * RECORD_FIELDS).fill(Number.NaN);
  for (const [index, row] of rows.entries()) {
    const at = index * RECORD_FIELDS;
    const { system_metrics: system } = row;
    const set = (field: keyof typeof FIELD, value: unknown) => {
      if (typeof value === "number") records[at + FIELD[field]] = value;
    };
    set("step", row.step);
    set("epoch", row.epoch);
    set("trainingLoss", row.training_loss);
    set("validationLoss", row.validation_loss);
    set("learningRate", row.learning_rate);
    set("gradientNorm", row.gradient_norm);
    set("tokens", system?.["tokens"]);
    set("tokensPerSecond", system?.["tokens_per_second"]);
    set("stepMs", system?.["step_ms"]);
    set("memoryMb", system?.["memory_mb"]);
    set("recordedAtMs", Date.parse(row.recorded_at));
  }
  return records;
}

/** Both in order of steps; where both have a step, the newer ones' record is taken. */
export function mergeRecords(older: Float64Array, newer: Float64Array): Float64Array {
  const merged = new Float64Array(older.length + newer.length);
  let length = 0;
  let left = 0;
  let right = 0;
  while (left < older.length || right < newer.length) {
    const step = older[left + FIELD.step] ?? Number.POSITIVE_INFINITY;
    const other = newer[right + FIELD.step] ?? Number.POSITIVE_INFINITY;
    if (step < other) {
      merged.set(older.subarray(left, left + RECORD_FIELDS), length);
      left += RECORD_FIELDS;
    } else {
      merged.set(newer.subarray(right, right + RECORD_FIELDS), length);
      right += RECORD_FIELDS;
      if (step === other) left += RECORD_FIELDS;
    }
    length += RECORD_FIELDS;
  }
  return merged.slice(0, length);
}

export function newestMs(records: Float64Array): number | null {
  let newest: number | null = null;
  for (let at = FIELD.recordedAtMs; at < records.length; at += RECORD_FIELDS) {
    const ms = records[at] ?? Number.NaN;
    if (newest === null || ms > newest) newest = ms;
  }
  return newest;
}
