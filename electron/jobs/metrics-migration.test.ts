import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, it } from "vitest";
import { migrate } from "../store/migrate.ts";
import { metricsBlocks } from "../store/migrations/0014-metrics-blocks.ts";
import { migrations } from "../store/migrations.ts";
import { openStore } from "../store/open-store.ts";
import { METRICS_JOB as JOB } from "./fixtures/metrics-bench.ts";
import { TemporaryFolder } from "./fixtures/temporary-folder.ts";
import { MetricsStore } from "./metrics-store.ts";
import { readMetricsWindow } from "./metrics-window.ts";

const OTHER = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d11";
const AT = "2026-01-01T00:00:00.123Z";

it("moves the points of an older release over, and reads them as before", async () => {
  const folder = new TemporaryFolder();
  const path = join(folder.path, "old.db");
  const before = migrations.slice(0, migrations.indexOf(metricsBlocks));
  expect(before.length).toBeLessThan(migrations.length);
  const old = new DatabaseSync(path);
  migrate(old, path, () => undefined, before);
  old.exec(`BEGIN;
    INSERT INTO datasets (id, name, status, file_name, file_size_bytes, created_at, updated_at)
    VALUES ('d', 'Rows', 'ready', 'rows.jsonl', 1, '${AT}', '${AT}')`);
  for (const id of [JOB, OTHER]) {
    old.exec(`INSERT INTO training_jobs (id, dataset_id, name, preset_id, base_model,
        hyperparameters, gpu_config, workstation, status, created_at, updated_at)
      VALUES ('${id}', 'd', 'Run', 'custom', 'tiny', '{}', '{}', 'w', 'stopped', '${AT}', '${AT}')`);
  }
  const insert = old.prepare(
    `INSERT INTO metrics_points (id, job_id, step, epoch, training_loss, validation_loss,
       learning_rate, gradient_norm, system_metrics, recorded_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const system = '{"tokens":5,"tokens_per_second":640,"step_ms":20,"memory_mb":512}';
  // The newest first: the order of the table is not that of the steps.
  for (let step = 5000; step > 0; step--) {
    const loss = step === 4321 ? 99 : step === 5 ? null : 1;
    insert.run(`a${step}`, JOB, step, step / 10, loss, null, 1e-4, 0.5, system, AT);
  }
  insert.run("b1", OTHER, 7, 0.5, null, 0.25, null, null, null, AT);
  old.exec("COMMIT");
  old.close();

  const store = openStore({ path, log: () => undefined });
  const metrics = new MetricsStore(store);
  expect(metrics.list(JOB, 4, 5)).toEqual([
    expect.objectContaining({ step: 4, trainingLoss: 1, memoryMb: 512, recordedAt: AT }),
    expect.objectContaining({ step: 5, trainingLoss: null, learningRate: 1e-4 }),
  ]);
  expect(metrics.list(OTHER, 0, 9)).toEqual([
    {
      step: 7,
      epoch: 0.5,
      trainingLoss: null,
      validationLoss: 0.25,
      learningRate: null,
      gradientNorm: null,
      tokensPerSecond: null,
      memoryMb: null,
      recordedAt: AT,
    },
  ]);
  expect(metrics.lastValidationLoss(OTHER)).toBe(0.25);
  expect(metrics.lastValidationLoss(JOB)).toBeNull();
  const window = await readMetricsWindow(metrics, JOB, { fromStep: 0, toStep: 1e9, pixels: 50 });
  expect(window.totalPoints).toBe(5000);
  expect(window.points.length).toBeLessThanOrEqual(100);
  expect(window.points).toContainEqual(expect.objectContaining({ step: 4321, trainingLoss: 99 }));
  store.close();
  folder.remove();
});
