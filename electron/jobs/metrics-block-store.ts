import type { Row, Store } from "../store/open-store.ts";

/** The curve of one job. */
export interface MetricsSeries {
  readonly id: number;
  /** Points of level 0. */
  points: number;
  firstStep: number;
  lastStep: number;
  /** The step that was written last: its blocks are open. Null where no level has been made yet. */
  openStep: number | null;
  /** The greatest step at which there was a validation loss. */
  lastValidationStep: number | null;
}

export interface StoredBlock {
  block: number;
  /** How many points of level 0 it stands for. */
  points: number;
  records: Float64Array;
}

/** Reads and writes `metrics_series` and `metrics_blocks`. */
export class MetricsBlockStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  transaction<T>(work: () => T): T {
    return this.#store.transaction(work);
  }

  findSeries(jobId: string): MetricsSeries | null {
    const row = this.#store.prepare("SELECT * FROM metrics_series WHERE job_id = ?").get(jobId);
    return row === undefined ? null : seriesOf(row);
  }

  /** An empty curve; the step at which it begins is to be saved with its first points. */
  createSeries(jobId: string, step: number): MetricsSeries {
    const row = this.#store
      .prepare(
        `INSERT INTO metrics_series (job_id, points, first_step, last_step, open_step)
         VALUES (?, 0, ?, ?, ?) RETURNING *`,
      )
      .get(jobId, step, step, step);
    if (row === undefined) throw new Error(`The curve of job ${jobId} was not stored`);
    return seriesOf(row);
  }

  saveSeries(series: MetricsSeries): void {
    this.#store
      .prepare(
        `UPDATE metrics_series SET points = ?, first_step = ?, last_step = ?, open_step = ?,
           last_validation_step = ? WHERE id = ?`,
      )
      .run(
        series.points,
        series.firstStep,
        series.lastStep,
        series.openStep,
        series.lastValidationStep,
        series.id,
      );
  }

  find(seriesId: number, level: number, block: number): StoredBlock | null {
    const row = this.#store
      .prepare(
        `SELECT block, points, records FROM metrics_blocks
         WHERE series_id = ? AND level = ? AND block = ?`,
      )
      .get(seriesId, level, block);
    return row === undefined ? null : blockOf(row);
  }

  /** The blocks of a level from `first` to `last` (inclusive) that are there, in order. */
  range(seriesId: number, level: number, first: number, last: number): StoredBlock[] {
    return this.#store
      .prepare(
        `SELECT block, points, records FROM metrics_blocks
         WHERE series_id = ? AND level = ? AND block BETWEEN ? AND ? ORDER BY block`,
      )
      .all(seriesId, level, first, last)
      .map(blockOf);
  }

  /** At most two blocks of level 0 from `block` on, upwards or downwards. */
  neighbours(seriesId: number, block: number, direction: "up" | "down"): StoredBlock[] {
    const [comparison, order] = direction === "up" ? [">=", "ASC"] : ["<=", "DESC"];
    return this.#store
      .prepare(
        `SELECT block, points, records FROM metrics_blocks
         WHERE series_id = ? AND level = 0 AND block ${comparison} ? ORDER BY block ${order} LIMIT 2`,
      )
      .all(seriesId, block)
      .map(blockOf);
  }

  blockNumbers(seriesId: number): number[] {
    return this.#store
      .prepare("SELECT block FROM metrics_blocks WHERE series_id = ? AND level = 0 ORDER BY block")
      .all(seriesId)
      .map((row) => Number(row["block"]));
  }

  save(seriesId: number, level: number, { block, points, records }: StoredBlock): void {
    this.#store
      .prepare(
        `INSERT INTO metrics_blocks (series_id, level, block, points, records)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (series_id, level, block)
         DO UPDATE SET points = excluded.points, records = excluded.records`,
      )
      .run(seriesId, level, block, points, bytesOf(records));
  }

  /** Removes at most `limit` blocks of a job. @returns how many there were. */
  removeSome(jobId: string, limit: number): number {
    const { changes } = this.#store
      .prepare(
        `DELETE FROM metrics_blocks WHERE rowid IN
           (SELECT b.rowid FROM metrics_blocks b JOIN metrics_series s ON s.id = b.series_id
            WHERE s.job_id = ? LIMIT ?)`,
      )
      .run(jobId, limit);
    return Number(changes);
  }

  removeSeries(jobId: string): void {
    this.#store.prepare("DELETE FROM metrics_series WHERE job_id = ?").run(jobId);
  }
}

function seriesOf(row: Row): MetricsSeries {
  const { open_step: openStep, last_validation_step: lastValidationStep } = row;
  return {
    id: Number(row["id"]),
    points: Number(row["points"]),
    firstStep: Number(row["first_step"]),
    lastStep: Number(row["last_step"]),
    openStep: openStep === null ? null : Number(openStep),
    lastValidationStep: lastValidationStep === null ? null : Number(lastValidationStep),
  };
}

function blockOf(row: Row): StoredBlock {
  const bytes = row["records"] as Uint8Array;
  // SQLite's bytes come in a buffer of their own, which begins where floats may begin.
  const records = new Float64Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / 8);
  return { block: Number(row["block"]), points: Number(row["points"]), records };
}

function bytesOf(records: Float64Array): Uint8Array {
  return new Uint8Array(records.buffer, records.byteOffset, records.byteLength);
}
