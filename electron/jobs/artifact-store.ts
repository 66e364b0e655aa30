import { join } from "node:path";
import { z } from "zod";
import { type Artifact, artifactSchema } from "../../shared/contract/job-records.ts";
import type { Row, Store } from "../store/open-store.ts";

/** As the team's database has it. */
const qualityMetricsSchema = z.object({
  first_loss: z.number().nullable(),
  last_loss: z.number().nullable(),
  validation_loss: z.number().nullable(),
  tokens_per_second: z.number().nullable(),
  steps: z.int(),
  seconds: z.number(),
  // Adapters of before they were told have none of these.
  best_step: z.int().nullable().default(null),
  best_loss: z.number().nullable().default(null),
  adapter_step: z.int().nullable().default(null),
});

const SELECT = `
  SELECT a.*, j.base_model, r.run_path, r.adapter_path
  FROM model_artifacts a
  JOIN training_jobs j ON j.id = a.job_id
  JOIN runs r ON r.job_id = a.job_id
  WHERE a.deleted_at IS NULL`;

export class ArtifactStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(artifact: Omit<Artifact, "path" | "baseModelName">): void {
    const { quality } = artifact;
    this.#store
      .prepare(
        `INSERT INTO model_artifacts (id, job_id, dataset_id, name, status, files, quality_metrics,
           created_at, updated_at)
         VALUES (?, ?, ?, ?, 'local', ?, ?, ?, ?)`,
      )
      .run(
        artifact.id,
        artifact.jobId,
        artifact.datasetId,
        artifact.name,
        JSON.stringify(artifact.files),
        JSON.stringify({
          first_loss: quality.firstLoss,
          last_loss: quality.lastLoss,
          validation_loss: quality.validationLoss,
          tokens_per_second: quality.tokensPerSecond,
          steps: quality.steps,
          seconds: quality.seconds,
          best_step: quality.bestStep,
          best_loss: quality.bestLoss,
          adapter_step: quality.adapterStep,
        } satisfies z.infer<typeof qualityMetricsSchema>),
        artifact.createdAt,
        artifact.createdAt,
      );
  }

  find(id: string): Artifact | null {
    const row = this.#store.prepare(`${SELECT} AND a.id = ?`).get(id);
    return row === undefined ? null : artifactOf(row);
  }

  /** Newest first. */
  list(): Artifact[] {
    return this.#store.prepare(`${SELECT} ORDER BY a.created_at DESC, a.id`).all().map(artifactOf);
  }
}

function artifactOf(row: Row): Artifact {
  const quality = qualityMetricsSchema.parse(JSON.parse(String(row["quality_metrics"])));
  return {
    id: String(row["id"]),
    jobId: String(row["job_id"]),
    datasetId: String(row["dataset_id"]),
    name: String(row["name"]),
    path: join(String(row["run_path"]), String(row["adapter_path"])),
    files: artifactSchema.shape.files.parse(JSON.parse(String(row["files"]))),
    baseModelName: String(row["base_model"]),
    quality: {
      firstLoss: quality.first_loss,
      lastLoss: quality.last_loss,
      validationLoss: quality.validation_loss,
      tokensPerSecond: quality.tokens_per_second,
      steps: quality.steps,
      seconds: quality.seconds,
      bestStep: quality.best_step,
      bestLoss: quality.best_loss,
      adapterStep: quality.adapter_step,
    },
    createdAt: String(row["created_at"]),
  };
}
