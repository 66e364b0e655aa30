import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addDataset, benchDataset } from "../../electron/jobs/fixtures/job-bench.ts";
import { ArtifactStore } from "../../electron/jobs/artifact-store.ts";
import { EMPTY_REPORT } from "../../electron/jobs/job-record.ts";
import { JobStore } from "../../electron/jobs/job-store.ts";
import { SampleStore } from "../../electron/jobs/sample-store.ts";
import { openStore } from "../../electron/store/open-store.ts";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";

const AT = "2026-01-01T00:00:00.000Z";

/** Puts a completed job with its adapter and a sample into a data folder that no core holds. */
export function layTrainedAdapter(home: string): { jobId: string; artifactId: string } {
  const dataset = benchDataset(home);
  const [jobId, artifactId] = [randomUUID(), randomUUID()];
  const runPath = join(home, "runs", jobId);
  mkdirSync(join(runPath, "adapter"), { recursive: true });
  writeFileSync(join(runPath, "adapter", "adapter_config.json"), "{}");
  const { label: _label, use_when: _useWhen, ...hyperparameters } = HYPERPARAMETER_PRESETS.balanced;

  const store = openStore({ path: join(home, "lora-desk.db"), log: () => undefined });
  addDataset(store, dataset);
  store
    .prepare("UPDATE datasets SET format = ?, sha256 = ? WHERE id = ?")
    .run(dataset.format, dataset.sha256, dataset.id);
  store
    .prepare("INSERT INTO dataset_imports (dataset_id, file_type, rows) VALUES (?, 'jsonl', 1)")
    .run(dataset.id);
  new JobStore(store).insert({
    id: jobId,
    name: "Trained before",
    dataset: { id: dataset.id, name: dataset.name },
    baseModel: { name: "model", path: join(home, "model") },
    presetId: "balanced",
    hyperparameters,
    device: { kind: "cpu" },
    workstation: "bench",
    attempt: 1,
    progress: { step: 4, totalSteps: 4, epoch: 1 },
    plan: null,
    dryRun: null,
    best: { step: 2, loss: 0.5 },
    accounting: jobAccountingSchema.parse({}),
    runPath,
    createdAt: AT,
    updatedAt: AT,
    state: { status: "completed", startedAt: AT, endedAt: AT, artifactId },
    eventsOffset: 0,
    report: EMPTY_REPORT,
    idleInterruptions: 0,
    queueRank: 0,
    retriesUsed: 0,
    adapterPath: "adapter",
  });
  new ArtifactStore(store).insert({
    id: artifactId,
    jobId,
    datasetId: dataset.id,
    name: "Trained before",
    files: [{ name: "adapter_config.json", bytes: 2 }],
    quality: {
      firstLoss: 1,
      lastLoss: 0.5,
      validationLoss: 0.5,
      tokensPerSecond: 10,
      steps: 4,
      seconds: 1,
      bestStep: 2,
      bestLoss: 0.5,
      adapterStep: 4,
    },
    createdAt: AT,
  });
  new SampleStore(store).save(jobId, { step: 4, attempt: 1, prompt: "Hello", text: "Hi", at: AT });
  store.close();
  return { jobId, artifactId };
}
