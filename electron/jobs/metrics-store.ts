import type { MetricsPoint } from "../../shared/contract/jobs.ts";
import type { Row, Store } from "../store/open-store.ts";

export interface StepPoint {
  kind: "step";
  step: number;
  epoch: number;
  loss: number | null;
  learningRate: number;
  gradientNorm: number | null;
  tokens: number;
  tokensPerSecond: number;
  stepMs: number;
  memoryMb: number;
  recordedAt: string;
}
export interface EvaluationPoint {
  kind: "evaluation";
  step: number;
  epoch: number;
  loss: number | null;
  recordedAt: string;
}
export type NewPoint = StepPoint | EvaluationPoint;

/** One row per optimiser step; the evaluation at a step shares its row. */
export class MetricsStore {
  readonly #store: Store;
  readonly #createId: () => string;

  constructor(store: Store, createId: () => string) {
    this.#store = store;
    this.#createId = createId;
  }

  /**
   * A step that is there already was taken again after a resume: its figures are replaced, an
   * evaluation that stood beside them stays until it is repeated.
   *
   * @returns the row as it is now, with both losses.
   */
  save(jobId: string, point: NewPoint): MetricsPoint {
    const row =
      point.kind === "step" ? this.#saveStep(jobId, point) : this.#saveEvaluation(jobId, point);
    if (row === undefined) throw new Error(`The point of step ${point.step} was not stored`);
    return pointOf(row);
  }

  #saveStep(jobId: string, point: StepPoint): Row | undefined {
    return this.#store
      .prepare(
        `INSERT INTO metrics_points (id, job_id, step, epoch, training_loss, learning_rate,
           gradient_norm, system_metrics, recorded_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (job_id, step) DO UPDATE SET epoch = excluded.epoch,
           training_loss = excluded.training_loss, learning_rate = excluded.learning_rate,
           gradient_norm = excluded.gradient_norm, system_metrics = excluded.system_metrics,
           recorded_at = excluded.recorded_at
         RETURNING *`,
      )
      .get(
        this.#createId(),
        jobId,
        point.step,
        point.epoch,
        point.loss,
        point.learningRate,
        point.gradientNorm,
        JSON.stringify({
          tokens: point.tokens,
          tokens_per_second: point.tokensPerSecond,
          step_ms: point.stepMs,
          memory_mb: point.memoryMb,
        }),
        point.recordedAt,
      );
  }

  #saveEvaluation(jobId: string, point: EvaluationPoint): Row | undefined {
    return this.#store
      .prepare(
        `INSERT INTO metrics_points (id, job_id, step, epoch, validation_loss, recorded_at)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (job_id, step) DO UPDATE SET validation_loss = excluded.validation_loss
         RETURNING *`,
      )
      .get(this.#createId(), jobId, point.step, point.epoch, point.loss, point.recordedAt);
  }

  /** How many points there are from `from` to `to` (inclusive), and the first and last step. */
  extent(jobId: string, from: number, to: number): { count: number; first: number; last: number } {
    const row = this.#store
      .prepare(
        `SELECT count(*) AS count, min(step) AS first, max(step) AS last
         FROM metrics_points WHERE job_id = ? AND step BETWEEN ? AND ?`,
      )
      .get(jobId, from, to);
    return {
      count: Number(row?.["count"] ?? 0),
      first: Number(row?.["first"] ?? 0),
      last: Number(row?.["last"] ?? 0),
    };
  }

  list(jobId: string, from: number, to: number): MetricsPoint[] {
    return this.#store
      .prepare(
        "SELECT * FROM metrics_points WHERE job_id = ? AND step BETWEEN ? AND ? ORDER BY step",
      )
      .all(jobId, from, to)
      .map(pointOf);
  }

  /** The points of lowest and of highest training loss; where no loss is finite, any one point. */
  extremes(jobId: string, from: number, to: number): MetricsPoint[] {
    return (["min", "max"] as const).flatMap((extreme) => {
      // SQLite takes the other columns from the row that holds the minimum or maximum.
      const row = this.#store
        .prepare(
          `SELECT *, ${extreme}(training_loss) FROM metrics_points
           WHERE job_id = ? AND step BETWEEN ? AND ?`,
        )
        .get(jobId, from, to);
      return row === undefined || row["step"] === null ? [] : [pointOf(row)];
    });
  }

  listEvaluations(jobId: string, from: number, to: number): MetricsPoint[] {
    return this.#store
      .prepare(
        `SELECT * FROM metrics_points
         WHERE job_id = ? AND step BETWEEN ? AND ? AND validation_loss IS NOT NULL ORDER BY step`,
      )
      .all(jobId, from, to)
      .map(pointOf);
  }

  lastValidationLoss(jobId: string): number | null {
    const row = this.#store
      .prepare(
        `SELECT validation_loss FROM metrics_points
         WHERE job_id = ? AND validation_loss IS NOT NULL ORDER BY step DESC LIMIT 1`,
      )
      .get(jobId);
    return row === undefined ? null : numberOrNull(row["validation_loss"]);
  }

  /** Removes at most `limit` points, so that a million do not hold up everything else. */
  removeSome(jobId: string, limit: number): number {
    const { changes } = this.#store
      .prepare(
        `DELETE FROM metrics_points WHERE rowid IN
           (SELECT rowid FROM metrics_points WHERE job_id = ? LIMIT ?)`,
      )
      .run(jobId, limit);
    return Number(changes);
  }
}

function pointOf(row: Row): MetricsPoint {
  const system = row["system_metrics"];
  const measured = (typeof system === "string" ? JSON.parse(system) : {}) as Record<string, number>;
  return {
    step: Number(row["step"]),
    epoch: Number(row["epoch"]),
    trainingLoss: numberOrNull(row["training_loss"]),
    validationLoss: numberOrNull(row["validation_loss"]),
    learningRate: numberOrNull(row["learning_rate"]),
    gradientNorm: numberOrNull(row["gradient_norm"]),
    tokensPerSecond: measured["tokens_per_second"] ?? null,
    memoryMb: measured["memory_mb"] ?? null,
    recordedAt: String(row["recorded_at"]),
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
