import type { Store } from "../store/open-store.ts";

/** A block of 128 steps with points that the server has not confirmed. */
export interface UnsentBlock {
  jobId: string;
  block: number;
  /** How many of its points, from the first, are confirmed. */
  fromIndex: number;
  points: number;
  generation: number;
  /** It was refused, and has changed since. */
  isDoubtful: boolean;
}

/** Points of one job that the project has refused. */
export interface RefusedPoints {
  jobName: string;
  points: number;
  error: string;
}

/** Of a block `u`: its job is not kept local. */
const IS_TO_BE_SENT = `NOT EXISTS (SELECT 1 FROM training_jobs j JOIN sync_kept_local k
    ON k.table_name = 'training_jobs' AND k.row_id = j.id
    OR k.table_name = 'datasets' AND k.row_id = j.dataset_id WHERE j.id = u.job_id)`;
const FROM = `
  FROM sync_metrics u
  JOIN metrics_series s ON s.job_id = u.job_id
  JOIN metrics_blocks b ON b.series_id = s.id AND b.level = 0 AND b.block = u.block
  WHERE ${IS_TO_BE_SENT}`;
/** The same for whoever counts them. */
export const UNSENT_BLOCKS = FROM;

/** In place of a block: what was refused is wrong with the job. */
const WHOLE_CURVE = -1;

/** `sync_metrics`: which points wait. Triggers on the curves' blocks write it. */
export class MetricsPushStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  addAll(): void {
    this.#store
      .prepare(
        `INSERT INTO sync_metrics (job_id, block, from_index)
         SELECT s.job_id, b.block, 0 FROM metrics_blocks b JOIN metrics_series s ON s.id = b.series_id
         WHERE b.level = 0
         ON CONFLICT (job_id, block) DO UPDATE SET from_index = 0, generation = generation + 1`,
      )
      .run();
    this.#store.prepare("DELETE FROM sync_metrics_refused").run();
  }

  /** Blocks of jobs that are on the server, in order, without those that were refused as they are. */
  unsent(limit: number): UnsentBlock[] {
    return this.#store
      .prepare(
        `SELECT u.*, b.points, EXISTS (SELECT 1 FROM sync_metrics_refused f
             WHERE f.job_id = u.job_id AND f.block = u.block) AS is_doubtful ${FROM}
           AND NOT EXISTS (SELECT 1 FROM sync_metrics_refused f WHERE f.job_id = u.job_id
             AND (f.block = ${WHOLE_CURVE} OR f.block = u.block AND f.generation = u.generation))
           AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.table_name = 'training_jobs'
             AND o.row_id = u.job_id AND o.action = 'insert')
         ORDER BY u.job_id, u.block LIMIT ?`,
      )
      .all(limit)
      .map((row) => ({
        jobId: String(row["job_id"]),
        block: Number(row["block"]),
        fromIndex: Number(row["from_index"]),
        points: Number(row["points"]),
        generation: Number(row["generation"]),
        isDoubtful: row["is_doubtful"] === 1,
      }));
  }

  waitingPoints(): number {
    const row = this.#store
      .prepare(`SELECT coalesce(sum(b.points - u.from_index), 0) AS points ${FROM}`)
      .get();
    return Number(row?.["points"] ?? 0);
  }

  /** Confirms what was sent of a block, unless it has changed meanwhile: then it goes again. */
  confirm({ jobId, block, generation }: UnsentBlock): void {
    this.#store
      .prepare("DELETE FROM sync_metrics WHERE job_id = ? AND block = ? AND generation = ?")
      .run(jobId, block, generation);
    this.#forgetRefusal(jobId, block);
  }

  /** The block as it is now is not sent again by itself. */
  refuse({ jobId, block, generation }: UnsentBlock, reason: string, error: string): void {
    this.#saveRefusal(jobId, block, generation, reason, error);
  }

  /** Nothing of the curve is sent again by itself: something is wrong with its job. */
  refuseCurve(jobId: string, reason: string, error: string): void {
    this.#store.prepare("DELETE FROM sync_metrics_refused WHERE job_id = ?").run(jobId);
    this.#saveRefusal(jobId, WHOLE_CURVE, 0, reason, error);
  }

  #saveRefusal(
    jobId: string,
    block: number,
    generation: number,
    reason: string,
    error: string,
  ): void {
    this.#store
      .prepare("INSERT OR REPLACE INTO sync_metrics_refused VALUES (?, ?, ?, ?, ?)")
      .run(jobId, block, generation, reason, error);
  }

  #forgetRefusal(jobId: string, block: number): void {
    this.#store
      .prepare("DELETE FROM sync_metrics_refused WHERE job_id = ? AND block = ?")
      .run(jobId, block);
  }

  /** By job: how many points it is about, and what was said of them. */
  refusals(): RefusedPoints[] {
    return this.#store
      .prepare(
        `SELECT coalesce(j.name, f.job_id) AS name, min(f.error) AS error,
           sum(b.points - u.from_index) AS points
         FROM sync_metrics_refused f
         JOIN sync_metrics u ON u.job_id = f.job_id AND (f.block = ${WHOLE_CURVE} OR f.block = u.block)
         JOIN metrics_series s ON s.job_id = u.job_id
         JOIN metrics_blocks b ON b.series_id = s.id AND b.level = 0 AND b.block = u.block
         LEFT JOIN training_jobs j ON j.id = f.job_id
         WHERE ${IS_TO_BE_SENT}
         GROUP BY f.job_id ORDER BY f.job_id`,
      )
      .all()
      .map((row) => ({
        jobName: String(row["name"]),
        points: Number(row["points"]),
        error: String(row["error"]),
      }));
  }

  /** Points that were refused are tried again. */
  forgetRefusals(): void {
    this.#store.prepare("DELETE FROM sync_metrics_refused").run();
  }
}
