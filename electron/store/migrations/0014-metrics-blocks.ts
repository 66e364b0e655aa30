import type { DatabaseSync } from "node:sqlite";

/*
 * Curves move from one row per step to blocks of 128 steps. Here only level 0 is written; what the
 * levels above it say is made when a curve is first looked at (`open_step` is null until then).
 * The layout of a record and the length of a block are those of this release and stay as they are.
 */
const TABLES = `
CREATE TABLE metrics_series (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL UNIQUE REFERENCES training_jobs (id) ON DELETE CASCADE,
  points INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  last_step INTEGER NOT NULL,
  open_step INTEGER,
  last_validation_step INTEGER
) STRICT;

CREATE TABLE metrics_blocks (
  series_id INTEGER NOT NULL REFERENCES metrics_series (id) ON DELETE CASCADE,
  level INTEGER NOT NULL,
  block INTEGER NOT NULL,
  points INTEGER NOT NULL,
  -- Records of eleven 64-bit floats, little-endian.
  records BLOB NOT NULL,
  UNIQUE (series_id, level, block)
) STRICT;

INSERT INTO metrics_series (job_id, points, first_step, last_step, last_validation_step)
SELECT job_id, count(*), min(step), max(step),
  max(CASE WHEN validation_loss IS NOT NULL THEN step END)
FROM metrics_points GROUP BY job_id;
`;
const BLOCK_STEPS = 128;

export function metricsBlocks(database: DatabaseSync): void {
  database.exec(TABLES);
  const insert = database.prepare(
    "INSERT INTO metrics_blocks (series_id, level, block, points, records) VALUES (?, 0, ?, ?, ?)",
  );
  let present = { series: -1, block: -1 };
  let records: number[][] = [];
  const store = () => {
    const { series, block } = present;
    if (records.length === 0) return;
    const bytes = new Uint8Array(Float64Array.from(records.flat()).buffer);
    insert.run(series, block, records.length, bytes);
    records = [];
  };
  const points = database
    .prepare(
      `SELECT s.id AS series, p.* FROM metrics_points p JOIN metrics_series s ON s.job_id = p.job_id
       ORDER BY p.job_id, p.step`,
    )
    .iterate();
  for (const row of points) {
    const series = Number(row["series"]);
    const block = Math.floor(Number(row["step"]) / BLOCK_STEPS);
    if (series !== present.series || block !== present.block) {
      store();
      present = { series, block };
    }
    records.push(recordOf(row));
  }
  store();
  database.exec("DROP TABLE metrics_points");
}

function recordOf(row: Record<string, unknown>): number[] {
  const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
  const text = row["system_metrics"];
  const system = JSON.parse(typeof text === "string" ? text : "{}") as Record<string, unknown>;
  return [
    number(row["step"]),
    number(row["epoch"]),
    number(row["training_loss"]),
    number(row["validation_loss"]),
    number(row["learning_rate"]),
    number(row["gradient_norm"]),
    number(system["tokens"]),
    number(system["tokens_per_second"]),
    number(system["step_ms"]),
    number(system["memory_mb"]),
    Date.parse(String(row["recorded_at"])),
  ];
}
