import { randomUUID } from "node:crypto";
import type { SyncTable } from "../../../shared/contract/sync.ts";
import type { NewPoint } from "../../../electron/jobs/metrics-record.ts";
import { MetricsStore } from "../../../electron/jobs/metrics-store.ts";
import type { Store } from "../../../electron/store/open-store.ts";
import { newArtifact, newCost, newDataset, newJob, newNotice } from "../../simulate/new-rows.ts";

export const WORKSTATION = "bench";
const JOBS_WITH_CURVES = 10;

/** Rows and curves of a few busy weeks: a fifth of the rows in each of the five tables. */
export function fillStore(store: Store, rows: number, points: number): void {
  const time = "2026-03-01T10:00:00.000Z";
  const metrics = new MetricsStore(store);
  store.transaction(() => {
    for (let each = 0; each < rows / 5; each++) {
      const [dataset, job, artifact] = [randomUUID(), randomUUID(), randomUUID()];
      const times = { created_at: time, updated_at: time };
      insert(store, "datasets", { id: dataset, ...newDataset(`Dataset ${each}`, time, "ready") });
      insert(store, "training_jobs", {
        id: job,
        ...newJob(dataset, `Job ${each}`, WORKSTATION, time),
      });
      insert(store, "model_artifacts", {
        id: artifact,
        ...newArtifact(job, dataset, `Adapter ${each}`),
        ...times,
      });
      const cost = newCost(job, each / 100, time);
      insert(store, "cost_records", { id: randomUUID(), ...cost, billing_period: "2026-03" });
      insert(store, "notifications", { id: randomUUID(), ...newNotice(job, "Trained", time) });
      if (each < JOBS_WITH_CURVES) metrics.save(job, curve(points / JOBS_WITH_CURVES));
    }
  });
}

function insert(store: Store, table: SyncTable, row: Record<string, string | number | null>): void {
  const names = Object.keys(row);
  store
    .prepare(
      `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
    )
    .run(...Object.values(row));
}

function curve(steps: number): NewPoint[] {
  return Array.from({ length: steps }, (_, at) => ({
    kind: "step" as const,
    step: at + 1,
    epoch: at / 1000,
    loss: 2 / Math.sqrt(at + 1),
    learningRate: 1e-4,
    gradientNorm: 0.5 + (at % 7) / 10,
    tokens: 4096,
    tokensPerSecond: 9000,
    stepMs: 450,
    memoryMb: 20_000,
    recordedAtMs: Date.UTC(2026, 2, 1) + at * 450,
  }));
}
