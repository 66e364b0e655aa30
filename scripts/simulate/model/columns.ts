import { datasetFormatSchema } from "../../../shared/contract/datasets.ts";
import { presetIdSchema } from "../../../shared/contract/hyperparameters.ts";
import type { SyncTable } from "../../../shared/contract/sync.ts";
import {
  artifactStatusSchema,
  costTypeSchema,
  datasetStatusSchema,
  desiredStateSchema,
  jobStatusSchema,
  notificationPrioritySchema,
  notificationTypeSchema,
} from "../../../shared/types/team-rows.ts";

/** A column of the team's database, as far as the outcome of a write depends on it. */
export interface Column {
  kind: "uuid" | "text" | "integer" | "bigint" | "double" | "money" | "boolean" | "json" | "time";
  isRequired?: boolean;
  /** What an insert that does not name it gives it; null where there is none. */
  fallback?: unknown;
  /** A check constraint on a value that is not null. */
  accepts?: (value: unknown) => boolean;
}

export type Columns = Record<string, Column>;

const NOW = Symbol("now()");
export const isNow = (fallback: unknown): boolean => fallback === NOW;

const oneOf =
  (...choices: string[]) =>
  (value: unknown) =>
    choices.includes(value as string);
const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const uuid: Column = { kind: "uuid" };
const someUuid: Column = { kind: "uuid", isRequired: true };
const text: Column = { kind: "text" };
const someText: Column = { kind: "text", isRequired: true };
const note: Column = { kind: "text", isRequired: true, fallback: "" };
const json: Column = { kind: "json" };
const time: Column = { kind: "time" };
const recordedTime: Column = { kind: "time", isRequired: true, fallback: NOW };
const double: Column = { kind: "double" };
const zero = (kind: "integer" | "double"): Column => ({ kind, isRequired: true, fallback: 0 });
const no: Column = { kind: "boolean", isRequired: true, fallback: false };
const jsonObject: Column = { kind: "json", isRequired: true, accepts: isObject };

/** As supabase/migrations makes them, without id and user_id, which all have. */
export const tables: Record<SyncTable, Columns> = {
  datasets: {
    name: someText,
    description: note,
    format: {
      kind: "text",
      accepts: oneOf(...datasetFormatSchema.options),
    },
    status: { ...someText, accepts: oneOf(...datasetStatusSchema.options) },
    storage_path: text,
    file_name: someText,
    file_size_bytes: { kind: "bigint", isRequired: true, accepts: (value) => Number(value) >= 0 },
    sha256: { kind: "text", accepts: (value) => /^[0-9a-f]{64}$/.test(String(value)) },
    total_training_pairs: { kind: "integer" },
    total_validation_pairs: { kind: "integer" },
    total_tokens: { kind: "bigint" },
    avg_turns_per_conversation: double,
    avg_tokens_per_turn: double,
    training_ready: no,
    validation_errors: json,
    sample_data: json,
    created_at: recordedTime,
    updated_at: recordedTime,
    deleted_at: time,
  },
  training_jobs: {
    dataset_id: someUuid,
    artifact_id: uuid,
    name: someText,
    preset_id: { ...someText, accepts: oneOf(...presetIdSchema.options) },
    base_model: someText,
    hyperparameters: jsonObject,
    gpu_config: jsonObject,
    workstation: someText,
    status: {
      ...someText,
      accepts: oneOf(...jobStatusSchema.options),
    },
    desired_state: { kind: "text", accepts: oneOf(...desiredStateSchema.options) },
    progress: { ...zero("double"), accepts: (value) => Number(value) >= 0 && Number(value) <= 1 },
    current_epoch: zero("double"),
    current_step: zero("integer"),
    total_steps: zero("integer"),
    retry_count: zero("integer"),
    estimated_cost: { kind: "money" },
    actual_cost: { kind: "money" },
    error_message: text,
    queued_at: time,
    started_at: time,
    completed_at: time,
    created_at: recordedTime,
    updated_at: recordedTime,
  },
  model_artifacts: {
    job_id: someUuid,
    dataset_id: someUuid,
    name: someText,
    version: { kind: "integer", isRequired: true, fallback: 1 },
    description: note,
    status: { ...someText, accepts: oneOf(...artifactStatusSchema.options) },
    storage_path: text,
    files: { kind: "json", isRequired: true, accepts: Array.isArray },
    quality_metrics: jsonObject,
    created_at: recordedTime,
    updated_at: recordedTime,
    deleted_at: time,
  },
  cost_records: {
    job_id: uuid,
    cost_type: { ...someText, accepts: oneOf(...costTypeSchema.options) },
    amount: { kind: "money", isRequired: true },
    details: { ...jsonObject, fallback: {} },
    billing_period: {
      ...someText,
      accepts: (value) => /^\d{4}-(0[1-9]|1[0-2])$/.test(String(value)),
    },
    recorded_at: recordedTime,
  },
  notifications: {
    type: {
      ...someText,
      accepts: oneOf(...notificationTypeSchema.options),
    },
    title: someText,
    message: someText,
    priority: {
      ...someText,
      fallback: "normal",
      accepts: oneOf(...notificationPrioritySchema.options),
    },
    read: no,
    action_url: text,
    metadata: { ...jsonObject, fallback: {} },
    created_at: recordedTime,
  },
};

export const metricsColumns: Columns = {
  job_id: someUuid,
  step: { kind: "integer", isRequired: true, accepts: (value) => Number(value) >= 0 },
  epoch: { kind: "double", isRequired: true },
  training_loss: double,
  validation_loss: double,
  learning_rate: double,
  gradient_norm: double,
  system_metrics: json,
  // push_metrics names it in its insert, so the default does not come to bear.
  recorded_at: { kind: "time", isRequired: true },
};
