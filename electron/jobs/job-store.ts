import type { SQLInputValue } from "node:sqlite";
import { hyperparametersSchema, presetIdSchema } from "../../shared/contract/hyperparameters.ts";
import {
  jobAccountingSchema,
  jobBestSchema,
  jobDryRunSchema,
  jobPlanSchema,
} from "../../shared/contract/job-facts.ts";
import { runDeviceSchema } from "../../shared/contract/run-folder.ts";
import type { Row, Store } from "../store/open-store.ts";
import { KeptLocalStore } from "../sync/kept-local-store.ts";
import { attemptReportSchema, type JobRecord } from "./job-record.ts";
import { type JobState, jobStateSchema } from "./job-state.ts";

const SELECT = `
  SELECT j.*, d.name AS dataset_name, r.run_path, r.model_path, r.attempt, r.events_offset, r.plan,
    r.dry_run, r.best, r.attempt_report, r.idle_interruptions, r.accounting, r.queue_rank, r.retries_used, r.adapter_path, r.state
  FROM training_jobs j
  JOIN runs r ON r.job_id = j.id
  JOIN datasets d ON d.id = j.dataset_id`;

/** Reads and writes `training_jobs` with its companion `runs`. */
export class JobStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  insert(record: JobRecord, isKeptLocal = false): void {
    this.#store.transaction(() => {
      if (isKeptLocal) new KeptLocalStore(this.#store).mark("training_jobs", record.id);
      this.#store
        .prepare(
          `INSERT INTO training_jobs (id, dataset_id, name, preset_id, base_model, hyperparameters,
             gpu_config, workstation, status, created_at, updated_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'draft', ?, ?)`,
        )
        .run(
          record.id,
          record.dataset.id,
          record.name,
          record.presetId,
          record.baseModel.name,
          JSON.stringify(record.hyperparameters),
          JSON.stringify(record.device),
          record.workstation,
          record.createdAt,
          record.updatedAt,
        );
      this.#store
        .prepare(
          "INSERT INTO runs (job_id, run_path, model_path, attempt_report) VALUES (?, ?, ?, ?)",
        )
        .run(record.id, record.runPath, record.baseModel.path, JSON.stringify(record.report));
      this.save(record);
    });
  }

  /** Writes what changes in the life of a job; what it was created with stays. */
  save(record: JobRecord): void {
    const { state, progress } = record;
    const share = progress.totalSteps > 0 ? Math.min(1, progress.step / progress.totalSteps) : 0;
    this.#store.transaction(() => {
      this.#store
        .prepare(
          `UPDATE training_jobs SET status = ?, desired_state = ?, artifact_id = ?, progress = ?,
             current_epoch = ?, current_step = ?, total_steps = ?, retry_count = ?,
             error_message = ?, queued_at = coalesce(?, queued_at), started_at = ?,
             completed_at = ?, updated_at = ?
           WHERE id = ?`,
        )
        .run(
          state.status,
          desiredState(state),
          state.status === "completed" ? state.artifactId : null,
          share,
          progress.epoch,
          progress.step,
          progress.totalSteps,
          Math.max(0, record.attempt - 1),
          errorMessage(state),
          state.status === "queued" ? state.queuedAt : null,
          "startedAt" in state ? state.startedAt : null,
          "endedAt" in state ? state.endedAt : null,
          record.updatedAt,
          record.id,
        );
      this.#store
        .prepare(
          `UPDATE runs SET attempt = ?, events_offset = ?, plan = ?, dry_run = ?, best = ?,
             attempt_report = ?, idle_interruptions = ?, accounting = ?, queue_rank = ?, retries_used = ?, adapter_path = ?, state = ?
           WHERE job_id = ?`,
        )
        .run(
          record.attempt,
          record.eventsOffset,
          textOrNull(record.plan),
          textOrNull(record.dryRun),
          textOrNull(record.best),
          JSON.stringify(record.report),
          record.idleInterruptions,
          JSON.stringify(record.accounting),
          record.queueRank,
          record.retriesUsed,
          record.adapterPath,
          JSON.stringify(ownFields(state)),
          record.id,
        );
    });
  }

  find(id: string): JobRecord | null {
    const row = this.#store.prepare(`${SELECT} WHERE j.id = ?`).get(id);
    return row === undefined ? null : recordOf(row);
  }

  /** Newest first. */
  list(): JobRecord[] {
    return this.#all(`${SELECT} ORDER BY j.created_at DESC, j.id`);
  }

  /** Queued, and those that have a process or are about to. */
  listUnfinished(): JobRecord[] {
    return this.#all(
      `${SELECT} WHERE j.status IN ('queued', 'preparing', 'running', 'stopping')
       ORDER BY j.created_at, j.id`,
    );
  }

  /** To be deleted, which did not come to its end. */
  listUnwanted(): JobRecord[] {
    return this.#all(
      `${SELECT} WHERE j.status = 'stopped' AND json_extract(r.state, '$.isUnwanted') = 1`,
    );
  }

  /** Behind all that are in the queue. */
  nextQueueRank(): number {
    const row = this.#store
      .prepare(
        `SELECT coalesce(max(r.queue_rank), -1) + 1 AS next FROM runs r
         JOIN training_jobs j ON j.id = r.job_id WHERE j.status = 'queued'`,
      )
      .get();
    return Number(row?.["next"] ?? 0);
  }

  remove(id: string): void {
    this.#store.prepare("DELETE FROM training_jobs WHERE id = ?").run(id);
  }

  #all(sql: string, ...values: SQLInputValue[]): JobRecord[] {
    return this.#store
      .prepare(sql)
      .all(...values)
      .map(recordOf);
  }
}

function recordOf(row: Row): JobRecord {
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    dataset: { id: String(row["dataset_id"]), name: String(row["dataset_name"]) },
    baseModel: { name: String(row["base_model"]), path: String(row["model_path"]) },
    presetId: presetIdSchema.parse(row["preset_id"]),
    hyperparameters: hyperparametersSchema.parse(jsonOf(row["hyperparameters"])),
    device: runDeviceSchema.parse(jsonOf(row["gpu_config"])),
    workstation: String(row["workstation"]),
    attempt: Number(row["attempt"]),
    progress: {
      step: Number(row["current_step"]),
      totalSteps: Number(row["total_steps"]),
      epoch: Number(row["current_epoch"]),
    },
    plan: row["plan"] === null ? null : jobPlanSchema.parse(jsonOf(row["plan"])),
    dryRun: row["dry_run"] === null ? null : jobDryRunSchema.parse(jsonOf(row["dry_run"])),
    best: row["best"] === null ? null : jobBestSchema.parse(jsonOf(row["best"])),
    accounting: jobAccountingSchema.parse(jsonOf(row["accounting"])),
    runPath: String(row["run_path"]),
    createdAt: String(row["created_at"]),
    updatedAt: String(row["updated_at"]),
    state: stateOf(row),
    eventsOffset: Number(row["events_offset"]),
    report: attemptReportSchema.parse(jsonOf(row["attempt_report"])),
    idleInterruptions: Number(row["idle_interruptions"]),
    queueRank: Number(row["queue_rank"]),
    retriesUsed: Number(row["retries_used"]),
    adapterPath: row["adapter_path"] === null ? null : String(row["adapter_path"]),
  };
}

function stateOf(row: Row): JobState {
  return jobStateSchema.parse({
    ...(jsonOf(row["state"]) as object),
    status: row["status"],
    queuedAt: row["queued_at"],
    startedAt: row["started_at"],
    endedAt: row["completed_at"],
    artifactId: row["artifact_id"],
  });
}

const COLUMN_FIELDS: ReadonlySet<string> = new Set([
  "status",
  "queuedAt",
  "startedAt",
  "endedAt",
  "artifactId",
]);

/** The fields of a state for which `training_jobs` has no column. */
function ownFields(state: JobState): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !COLUMN_FIELDS.has(name)));
}

function desiredState(state: JobState): string | null {
  switch (state.status) {
    case "stopping":
      return "stopped";
    case "queued":
    case "preparing":
    case "running":
      return "running";
    default:
      return null;
  }
}

function errorMessage(state: JobState): string | null {
  if (state.status === "failed") return state.error.message;
  return state.status === "interrupted" ? state.cause : null;
}

function textOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(String(value));
}
