import { z } from "zod";
import { datasetFormatSchema } from "../contract/datasets.ts";
import { hyperparametersSchema, presetIdSchema } from "../contract/hyperparameters.ts";
import { runDeviceSchema } from "../contract/run-folder.ts";

/*
 * The rows of the team's database, as its API gives them, column by column. A test compares these
 * schemas with the database that the migrations make and with the local store.
 */
export const datasetStatusSchema = z.enum(["importing", "ready", "rejected"]);
export const jobStatusSchema = z.enum([
  "draft",
  "queued",
  "preparing",
  "running",
  "stopping",
  "completed",
  "stopped",
  "failed",
  "interrupted",
]);
/** What another machine asks of a job's workstation. */
export const desiredStateSchema = z.enum(["running", "stopped"]);
export const artifactStatusSchema = z.enum(["local", "uploading", "stored", "deleted"]);
export const costTypeSchema = z.enum(["energy", "gpu_time", "storage", "other"]);
export const notificationTypeSchema = z.enum([
  "job_completed",
  "job_stopped",
  "job_failed",
  "job_interrupted",
  "dataset_ready",
  "dataset_rejected",
  "artifact_stored",
  "cost_limit",
  "storage_problem",
  "sync_problem",
  "system",
]);
export const notificationPrioritySchema = z.enum(["low", "normal", "high", "urgent"]);

const id = z.uuid();
const text = z.string();
const time = z.iso.datetime({ offset: true });
const count = z.int().nonnegative();
/** JSON whose shape is nobody's promise: shown, never relied upon. */
const anyJson = z.json();

export const datasetRowSchema = z.object({
  id,
  user_id: id,
  name: text,
  description: text,
  format: datasetFormatSchema.nullable(),
  status: datasetStatusSchema,
  /** In the bucket lora-datasets. */
  storage_path: text.nullable(),
  file_name: text,
  file_size_bytes: count,
  sha256: z.string().length(64).nullable(),
  total_training_pairs: count.nullable(),
  total_validation_pairs: count.nullable(),
  total_tokens: count.nullable(),
  avg_turns_per_conversation: z.number().nullable(),
  avg_tokens_per_turn: z.number().nullable(),
  training_ready: z.boolean(),
  validation_errors: anyJson.nullable(),
  sample_data: anyJson.nullable(),
  created_at: time,
  updated_at: time,
  /** Set instead of deleting. */
  deleted_at: time.nullable(),
});

export const trainingJobRowSchema = z.object({
  id,
  user_id: id,
  dataset_id: id,
  artifact_id: id.nullable(),
  name: text,
  preset_id: presetIdSchema,
  base_model: text,
  hyperparameters: hyperparametersSchema,
  gpu_config: runDeviceSchema,
  /** The machine that runs it; only this one writes status, progress and actual cost. */
  workstation: text,
  status: jobStatusSchema,
  desired_state: desiredStateSchema.nullable(),
  /** Share of the steps taken: 0 to 1. */
  progress: z.number().min(0).max(1),
  current_epoch: z.number(),
  current_step: z.int(),
  total_steps: z.int(),
  retry_count: z.int(),
  estimated_cost: z.number().nullable(),
  actual_cost: z.number().nullable(),
  error_message: text.nullable(),
  queued_at: time.nullable(),
  started_at: time.nullable(),
  completed_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const metricsPointRowSchema = z.object({
  id,
  job_id: id,
  step: count,
  epoch: z.number(),
  /** Null where it was not finite, or where only an evaluation took place. */
  training_loss: z.number().nullable(),
  validation_loss: z.number().nullable(),
  learning_rate: z.number().nullable(),
  gradient_norm: z.number().nullable(),
  /** tokens, tokens_per_second, step_ms, memory_mb, and what the GPUs said. */
  system_metrics: z.record(z.string(), anyJson).nullable(),
  recorded_at: time,
});
export type MetricsPointRow = z.infer<typeof metricsPointRowSchema>;

export const modelArtifactRowSchema = z.object({
  id,
  user_id: id,
  job_id: id,
  dataset_id: id,
  name: text,
  version: z.int(),
  description: text,
  status: artifactStatusSchema,
  /** In the bucket lora-models. */
  storage_path: text.nullable(),
  files: z.array(z.looseObject({ name: text, bytes: count })),
  /** first_loss, last_loss, validation_loss, tokens_per_second, steps, seconds. */
  quality_metrics: z.record(z.string(), z.number().nullable()),
  created_at: time,
  updated_at: time,
  deleted_at: time.nullable(),
});

export const costRecordRowSchema = z.object({
  id,
  user_id: id,
  /** Null when the job has been deleted: the cost remains. */
  job_id: id.nullable(),
  cost_type: costTypeSchema,
  /** Negative in a record that corrects an earlier one. */
  amount: z.number(),
  /** The currency, and what the amount was worked out from. */
  details: z.record(z.string(), anyJson),
  /** Year and month: 2026-03. */
  billing_period: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
  recorded_at: time,
});

export const notificationRowSchema = z.object({
  id,
  user_id: id,
  type: notificationTypeSchema,
  title: text,
  message: text,
  priority: notificationPrioritySchema,
  /** Once true it stays true. */
  read: z.boolean(),
  /** A view of the app, such as /jobs/<id>. */
  action_url: text.nullable(),
  metadata: z.record(z.string(), anyJson),
  created_at: time,
});

/** By table. The change feed is not among them: it is read through pull_changes only. */
export const teamRowSchemas = {
  datasets: datasetRowSchema,
  training_jobs: trainingJobRowSchema,
  metrics_points: metricsPointRowSchema,
  model_artifacts: modelArtifactRowSchema,
  cost_records: costRecordRowSchema,
  notifications: notificationRowSchema,
} as const;
export type TeamTable = keyof typeof teamRowSchemas;
