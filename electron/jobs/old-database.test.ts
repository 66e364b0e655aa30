import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { artifactSchema } from "../../shared/contract/job-records.ts";
import { jobSchema } from "../../shared/contract/jobs.ts";
import { migrate } from "../store/migrate.ts";
import { migrations } from "../store/migrations.ts";
import { openStore } from "../store/open-store.ts";
import { ArtifactStore } from "./artifact-store.ts";
import { jobOf } from "./job-record.ts";
import { JobStore } from "./job-store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-old-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const AT = "2026-01-01T00:00:00.000Z";
const IDS = {
  dataset: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d11",
  job: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d12",
  artifact: "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d13",
};
/** As the first release wrote them. */
const HYPERPARAMETERS = {
  method: "lora",
  rank: 8,
  alpha: 16,
  dropout: 0,
  target_modules: "all-linear",
  learning_rate: 1e-4,
  schedule: "cosine",
  warmup_share: 0.03,
  weight_decay: 0,
  max_gradient_norm: 1,
  batch_size: 4,
  gradient_accumulation_steps: 1,
  epochs: 1,
  max_steps: null,
  max_sequence_tokens: 512,
  long_rows: "truncate",
  validation_share: 0,
  evaluate_every_steps: null,
  checkpoint_every_steps: null,
  gradient_checkpointing: false,
  precision: "auto",
  seed: 1,
};
const DATA = {
  rows: 3,
  rejected: 0,
  duplicates_removed: 0,
  without_labels: 0,
  dropped_too_long: 0,
  truncated: 0,
  train_rows: 3,
  validation_rows: 0,
  train_tokens: 30,
  label_tokens: 10,
};
const PLAN = {
  parameters: 10,
  trainableParameters: 1,
  device: "cpu",
  precision: "fp32",
  data: DATA,
};
const REPORT = {
  error: null,
  done: {
    reason: "completed",
    step: 3,
    seconds: 1,
    firstLoss: 2,
    lastLoss: 1,
    tokensPerSecond: 5,
    adapter: { path: "adapter", files: [] },
  },
  hasCheckpoint: true,
};
const QUALITY = {
  first_loss: 2,
  last_loss: 1,
  validation_loss: null,
  tokens_per_second: 5,
  steps: 3,
  seconds: 1,
};

test("jobs and adapters of the first release are read after its database is migrated", () => {
  const path = join(folder, "lora-desk.db");
  const old = new DatabaseSync(path);
  migrate(old, path, () => undefined, migrations.slice(0, 1));
  old.exec("PRAGMA foreign_keys = ON");
  const insert = (table: string, row: Record<string, string | number>) =>
    old
      .prepare(
        `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row)
          .map(() => "?")
          .join()})`,
      )
      .run(...Object.values(row));
  const times = { created_at: AT, updated_at: AT };
  insert("datasets", {
    id: IDS.dataset,
    name: "Sums",
    status: "ready",
    file_name: "sums.jsonl",
    file_size_bytes: 1,
    ...times,
  });
  insert("training_jobs", {
    id: IDS.job,
    dataset_id: IDS.dataset,
    artifact_id: IDS.artifact,
    name: "First",
    preset_id: "custom",
    base_model: "tiny",
    workstation: "w",
    status: "completed",
    hyperparameters: JSON.stringify(HYPERPARAMETERS),
    gpu_config: '{"kind":"cpu"}',
    started_at: AT,
    completed_at: AT,
    ...times,
  });
  insert("runs", {
    job_id: IDS.job,
    run_path: "/runs/1",
    model_path: "/models/tiny",
    attempt: 1,
    plan: JSON.stringify(PLAN),
    attempt_report: JSON.stringify(REPORT),
    adapter_path: "adapter",
  });
  insert("model_artifacts", {
    id: IDS.artifact,
    job_id: IDS.job,
    dataset_id: IDS.dataset,
    name: "First",
    status: "local",
    files: "[]",
    quality_metrics: JSON.stringify(QUALITY),
    ...times,
  });
  old.close();

  const store = openStore({ path, log: () => undefined });
  expect(store.schemaVersion).toBe(migrations.length);
  const record = new JobStore(store).find(IDS.job);
  expect(record?.report.done).toMatchObject({ best: null, adapterStep: null });
  const job =
    record === null ? null : jobSchema.parse(jobOf(record, { waitingFor: null, health: null }));
  expect(job).toMatchObject({
    status: "completed",
    dryRun: null,
    best: null,
    plan: { processes: null, isPacked: null, attention: null, packages: null, data: { split: 0 } },
    hyperparameters: { quantization: "none", packing: "auto", sample_prompts: [] },
  });
  const artifact = artifactSchema.parse(new ArtifactStore(store).find(IDS.artifact));
  expect(artifact.quality).toMatchObject({
    steps: 3,
    bestStep: null,
    bestLoss: null,
    adapterStep: null,
  });
  store.close();
});
