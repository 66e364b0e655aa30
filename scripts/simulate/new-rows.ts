/* Rows as the local store keeps them. */

export function newDataset(name: string, time: string, status: string) {
  return {
    name,
    description: "",
    format: "messages",
    status,
    file_name: "rows.jsonl",
    file_size_bytes: 1234,
    sha256: "a".repeat(64),
    avg_turns_per_conversation: 1 / 3,
    training_ready: 1,
    created_at: time,
    updated_at: time,
  };
}

export function newJob(datasetId: string, name: string, workstation: string, time: string) {
  return {
    dataset_id: datasetId,
    name,
    preset_id: "custom",
    base_model: "tiny",
    hyperparameters: '{"rank": 8, "learning_rate": 1e-4}',
    gpu_config: '{"kind": "cpu"}',
    workstation,
    status: "queued",
    estimated_cost: 0.123_456_789,
    queued_at: time,
    created_at: time,
    updated_at: time,
  };
}

export function newArtifact(jobId: string, datasetId: string, name: string) {
  return {
    job_id: jobId,
    dataset_id: datasetId,
    name,
    status: "local",
    files: '[{"name": "adapter_model.safetensors", "bytes": 1000}]',
    quality_metrics: JSON.stringify({
      first_loss: 2,
      last_loss: 0.7,
      validation_loss: null,
      tokens_per_second: 5,
      steps: 300,
      seconds: 60,
    }),
  };
}

export function newCost(jobId: string | null, amount: number, time: string) {
  return {
    job_id: jobId,
    cost_type: "energy",
    amount,
    details: '{"currency": "EUR", "kwh": 1.4}',
    recorded_at: time,
  };
}

export function newNotice(jobId: string | null, title: string, time: string) {
  return {
    type: "system",
    title,
    message: "There",
    action_url: jobId === null ? null : `/jobs/${jobId}`,
    created_at: time,
  };
}
