import { createHash } from "node:crypto";
import type { MetricsPointRow } from "../../shared/types/team-rows.ts";
import { fieldOf, fieldOrNull, RECORD_FIELDS } from "./metrics-record.ts";
import { createTimeText } from "./metrics-times.ts";

/** Records as rows of the team's table `metrics_points`. */
export function teamRowsOf(jobId: string, records: Float64Array): MetricsPointRow[] {
  return unnamedRowsOf(jobId, records).map((row) => ({
    id: metricsPointId(jobId, row.step),
    ...row,
  }));
}

/** The same without their ids, which take longer to work out than all the rest. */
export function unnamedRowsOf(jobId: string, records: Float64Array): Omit<MetricsPointRow, "id">[] {
  const rows: Omit<MetricsPointRow, "id">[] = [];
  const timeText = createTimeText();
  for (let at = 0; at < records.length; at += RECORD_FIELDS) {
    const step = fieldOf(records, at, "step");
    rows.push({
      job_id: jobId,
      step,
      epoch: fieldOf(records, at, "epoch"),
      training_loss: fieldOrNull(records, at, "trainingLoss"),
      validation_loss: fieldOrNull(records, at, "validationLoss"),
      learning_rate: fieldOrNull(records, at, "learningRate"),
      gradient_norm: fieldOrNull(records, at, "gradientNorm"),
      system_metrics: systemMetricsOf(records, at),
      recorded_at: timeText(fieldOf(records, at, "recordedAtMs")),
    });
  }
  return rows;
}

/** Null where only an evaluation took place. */
function systemMetricsOf(records: Float64Array, at: number): MetricsPointRow["system_metrics"] {
  const tokens = fieldOrNull(records, at, "tokens");
  if (tokens === null) return null;
  return {
    tokens,
    tokens_per_second: fieldOrNull(records, at, "tokensPerSecond"),
    step_ms: fieldOrNull(records, at, "stepMs"),
    memory_mb: fieldOrNull(records, at, "memoryMb"),
  };
}

/**
 * The same for the same step of a job, on every machine and however often it is sent: a UUID of
 * version 5 (RFC 9562 § 5.5), with the job's id as the namespace and the step as the name.
 */
export function metricsPointId(jobId: string, step: number): string {
  const namespace = Buffer.from(jobId.replaceAll("-", ""), "hex");
  const hash = createHash("sha1").update(namespace).update(String(step)).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex", 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
