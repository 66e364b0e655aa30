import { randomUUID } from "node:crypto";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";

/** Rows of one user that refer to each other, as a workstation would write them. */
export interface SampleRows {
  datasets: Row;
  training_jobs: Row;
  metrics_points: Row;
  model_artifacts: Row;
  cost_records: Row;
  notifications: Row;
}
export type Row = Record<string, unknown> & { id: string };

export function sampleRows(userId: string): SampleRows {
  const datasets = { ...newDataset(), user_id: userId };
  const trainingJobs = { ...newJob(datasets.id), user_id: userId };
  return {
    datasets,
    training_jobs: trainingJobs,
    metrics_points: newPoint(trainingJobs.id, 1),
    model_artifacts: { ...newArtifact(trainingJobs.id, datasets.id), user_id: userId },
    cost_records: {
      id: randomUUID(),
      user_id: userId,
      job_id: trainingJobs.id,
      cost_type: "energy",
      amount: 0.42,
      details: { currency: "EUR", kwh: 1.4 },
      billing_period: "2026-03",
    },
    notifications: {
      id: randomUUID(),
      user_id: userId,
      type: "job_completed",
      title: "Trained",
      message: "The adapter is ready.",
    },
  };
}

export function newDataset(): Row {
  return {
    id: randomUUID(),
    name: "Questions",
    description: "",
    format: "messages",
    status: "ready",
    file_name: "questions.jsonl",
    file_size_bytes: 1234,
    sha256: "a".repeat(64),
    training_ready: true,
  };
}

export function newJob(datasetId: string): Row {
  const { label: _label, use_when: _useWhen, ...hyperparameters } = HYPERPARAMETER_PRESETS.balanced;
  return {
    id: randomUUID(),
    dataset_id: datasetId,
    name: "First run",
    preset_id: "balanced",
    base_model: "tiny",
    hyperparameters,
    gpu_config: { kind: "cpu" },
    workstation: "lab-1",
    status: "queued",
  };
}

export function newPoint(jobId: string, step: number): Row {
  return {
    id: randomUUID(),
    job_id: jobId,
    step,
    epoch: step / 10,
    training_loss: 2 / (step + 1),
    learning_rate: 1e-4,
    system_metrics: { tokens_per_second: 900 },
    recorded_at: "2026-03-01T10:00:00.000Z",
  };
}

export function newArtifact(jobId: string, datasetId: string): Row {
  return {
    id: randomUUID(),
    job_id: jobId,
    dataset_id: datasetId,
    name: "Adapter",
    status: "local",
    files: [{ name: "adapter_model.safetensors", bytes: 1000 }],
    quality_metrics: { last_loss: 0.7 },
  };
}
