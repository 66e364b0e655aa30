import { EMPTY_REPORT } from "../jobs/job-record.ts";
import type { Store } from "../store/open-store.ts";
import { KeptLocalStore } from "../sync/kept-local-store.ts";
import { whileApplying } from "../sync/merge-row.ts";
import type { TeamRow } from "./team-rows-client.ts";

export interface DownloadedAdapter {
  artifact: TeamRow<"model_artifacts">;
  job: TeamRow<"training_jobs">;
  dataset: TeamRow<"datasets">;
  /** A colleague's rows are never ours to change: they are kept out of what is sent. */
  isOwn: boolean;
  runPath: string;
  /** Relative to `runPath`. */
  adapterPath: string;
}

/** Writes an adapter of another machine as if it had been made here. */
export function writeDownloadedAdapter(store: Store, adapter: DownloadedAdapter): void {
  whileApplying(store, () => {
    insertDataset(store, adapter);
    insertJob(store, adapter);
    insertArtifact(store, adapter);
    if (!adapter.isOwn) {
      const keptLocal = new KeptLocalStore(store);
      keptLocal.mark("datasets", adapter.dataset.id);
      keptLocal.mark("training_jobs", adapter.job.id);
      keptLocal.mark("model_artifacts", adapter.artifact.id);
    }
  });
}

/** Only its row, which the job refers to: its file is another download, and no list shows it. */
function insertDataset(store: Store, { dataset, isOwn }: DownloadedAdapter): void {
  store
    .prepare(
      `INSERT INTO datasets (id, user_id, name, description, format, status, storage_path,
         file_name, file_size_bytes, sha256, total_training_pairs, avg_turns_per_conversation,
         training_ready, created_at, updated_at, deleted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    )
    .run(
      dataset.id,
      isOwn ? null : dataset.user_id,
      dataset.name,
      dataset.description,
      dataset.format,
      dataset.status,
      dataset.storage_path,
      dataset.file_name,
      dataset.file_size_bytes,
      dataset.sha256,
      dataset.total_training_pairs,
      dataset.avg_turns_per_conversation,
      Number(dataset.training_ready),
      utc(dataset.created_at),
      utc(dataset.updated_at),
      dataset.deleted_at === null ? null : utc(dataset.deleted_at),
    );
  store
    .prepare(
      "INSERT INTO dataset_imports (dataset_id, rows, longest_row_characters) VALUES (?, ?, 0) ON CONFLICT DO NOTHING",
    )
    .run(dataset.id, dataset.total_training_pairs ?? 0);
}

function insertJob(store: Store, { job, artifact, isOwn, ...run }: DownloadedAdapter): void {
  const startedAt = utc(job.started_at ?? job.created_at);
  const endedAt = utc(job.completed_at ?? artifact.created_at);
  const isNew =
    store
      .prepare(
        `INSERT INTO training_jobs (id, user_id, dataset_id, artifact_id, name, preset_id, base_model,
           hyperparameters, gpu_config, workstation, status, progress, current_epoch, current_step,
           total_steps, retry_count, estimated_cost, actual_cost, error_message, queued_at,
           started_at, completed_at, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO NOTHING`,
      )
      .run(
        job.id,
        isOwn ? null : job.user_id,
        job.dataset_id,
        job.artifact_id ?? (job.status === "completed" ? artifact.id : null),
        job.name,
        job.preset_id,
        job.base_model,
        JSON.stringify(job.hyperparameters),
        JSON.stringify(job.gpu_config),
        job.workstation,
        job.status,
        job.progress,
        job.current_epoch,
        job.current_step,
        job.total_steps,
        job.retry_count,
        job.estimated_cost,
        job.actual_cost,
        job.error_message,
        job.queued_at === null ? null : utc(job.queued_at),
        startedAt,
        endedAt,
        utc(job.created_at),
        utc(job.updated_at),
      ).changes === 1;
  if (!isNew) return;
  store
    .prepare(
      `INSERT INTO runs (job_id, run_path, model_path, attempt, attempt_report, adapter_path)
       VALUES (?, ?, '', ?, ?, ?)`,
    )
    .run(job.id, run.runPath, job.retry_count + 1, JSON.stringify(EMPTY_REPORT), run.adapterPath);
}

function insertArtifact(store: Store, { artifact, isOwn }: DownloadedAdapter): void {
  store
    .prepare(
      `INSERT INTO model_artifacts (id, user_id, job_id, dataset_id, name, version, description,
         status, storage_path, files, quality_metrics, created_at, updated_at, deleted_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'stored', ?, ?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING`,
    )
    .run(
      artifact.id,
      isOwn ? null : artifact.user_id,
      artifact.job_id,
      artifact.dataset_id,
      artifact.name,
      artifact.version,
      artifact.description,
      artifact.storage_path,
      JSON.stringify(artifact.files),
      JSON.stringify(artifact.quality_metrics),
      utc(artifact.created_at),
      utc(artifact.updated_at),
    );
}

/** The project's times carry an offset, ours never do. */
function utc(time: string): string {
  return new Date(time).toISOString();
}
