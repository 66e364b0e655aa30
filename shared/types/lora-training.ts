import type { z } from "zod";
import type { Hyperparameters, PresetId } from "../contract/hyperparameters.ts";
import { type GpuConfiguration, gpuConfigurations } from "./gpu-configurations.ts";
import type {
  artifactStatusSchema,
  costRecordRowSchema,
  costTypeSchema,
  datasetRowSchema,
  datasetStatusSchema,
  desiredStateSchema,
  jobStatusSchema,
  metricsPointRowSchema,
  modelArtifactRowSchema,
  notificationPrioritySchema,
  notificationRowSchema,
  notificationTypeSchema,
  trainingJobRowSchema,
} from "./team-rows.ts";

/*
 * The rows of the team's database, the values that its columns may have, and the constants beside
 * them. What the window and the core speak with each other is in shared/contract.
 */
export type Dataset = z.infer<typeof datasetRowSchema>;
export type TrainingJob = z.infer<typeof trainingJobRowSchema>;
export type MetricsPoint = z.infer<typeof metricsPointRowSchema>;
export type ModelArtifact = z.infer<typeof modelArtifactRowSchema>;
export type CostRecord = z.infer<typeof costRecordRowSchema>;
export type Notification = z.infer<typeof notificationRowSchema>;

export type DatasetStatus = z.infer<typeof datasetStatusSchema>;
export type JobStatus = z.infer<typeof jobStatusSchema>;
export type DesiredState = z.infer<typeof desiredStateSchema>;
export type ArtifactStatus = z.infer<typeof artifactStatusSchema>;
export type CostType = z.infer<typeof costTypeSchema>;
export type NotificationType = z.infer<typeof notificationTypeSchema>;
export type NotificationPriority = z.infer<typeof notificationPrioritySchema>;

export type HyperparameterPreset = Hyperparameters & {
  readonly label: string;
  /** One line: when a researcher would choose it. */
  readonly use_when: string;
};

const balanced: Hyperparameters = {
  method: "lora",
  quantization: "none",
  rank: 16,
  alpha: 32,
  dropout: 0.05,
  target_modules: "all-linear",
  learning_rate: 2e-4,
  schedule: "cosine",
  warmup_share: 0.03,
  warmup_steps: null,
  weight_decay: 0.01,
  max_gradient_norm: 1,
  batch_size: 4,
  gradient_accumulation_steps: 4,
  epochs: 3,
  max_steps: null,
  max_sequence_tokens: 2048,
  long_rows: "truncate",
  packing: "auto",
  validation_share: 0.05,
  evaluate_every_steps: null,
  checkpoint_every_steps: null,
  early_stopping_patience: null,
  adapter_from: "last",
  sample_prompts: [],
  sample_every_steps: null,
  sample_max_tokens: 128,
  gradient_checkpointing: false,
  precision: "auto",
  compile: false,
  deterministic: false,
  parallelism: "auto",
  seed: 42,
};

/** Starting points; every value can be changed, which makes the preset `custom`. */
export const HYPERPARAMETER_PRESETS: { readonly [K in PresetId]: HyperparameterPreset } = {
  conservative: {
    ...balanced,
    label: "Conservative",
    use_when: "Few rows, or the base model's abilities must stay as they are.",
    rank: 8,
    alpha: 16,
    dropout: 0.1,
    learning_rate: 5e-5,
    warmup_share: 0.1,
    epochs: 2,
  },
  balanced: {
    ...balanced,
    label: "Balanced",
    use_when: "The first run on a new dataset: a few hundred to some ten thousand rows.",
  },
  aggressive: {
    ...balanced,
    label: "Aggressive",
    use_when: "A new style, format or domain must be learnt thoroughly, and there is data for it.",
    method: "rslora",
    rank: 64,
    alpha: 64,
    dropout: 0,
    learning_rate: 4e-4,
    epochs: 4,
  },
  custom: {
    ...balanced,
    label: "Custom",
    use_when: "You know which values you want: starts from Balanced.",
  },
};

export type GpuConfigurationId = keyof typeof gpuConfigurations;

/** The cards that researchers own or rent, with memory, power, bf16 support and a typical price. */
export const GPU_CONFIGURATIONS: { readonly [K in GpuConfigurationId]: GpuConfiguration } =
  gpuConfigurations;
