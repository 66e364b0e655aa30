/*
 * What the ledger needs until an attempt's records are in cost_records. Times are seconds since
 * 1970; a quarter is a quarter of an hour since then, on which every time zone's hours begin.
 */
export const costLedger = `
CREATE TABLE power_reading (
  job_id TEXT PRIMARY KEY REFERENCES training_jobs (id) ON DELETE CASCADE,
  -- Bytes of power.jsonl that are in attempt_energy.
  power_offset INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt_meters (
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  started_at REAL NOT NULL,
  -- The GPUs' names, as JSON.
  gpu_names TEXT NOT NULL,
  -- Of each GPU the last sample, as JSON: the next one is measured from there.
  last_samples TEXT NOT NULL DEFAULT '{}',
  is_entered INTEGER NOT NULL DEFAULT 0 CHECK (is_entered IN (0, 1)),
  PRIMARY KEY (job_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_meters_open ON attempt_meters (job_id) WHERE is_entered = 0;

CREATE TABLE attempt_energy (
  job_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  quarter INTEGER NOT NULL,
  joules REAL NOT NULL,
  gpu_seconds REAL NOT NULL,
  PRIMARY KEY (job_id, attempt, quarter),
  FOREIGN KEY (job_id, attempt) REFERENCES attempt_meters (job_id, attempt) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What dry runs measured, by a hash of all that their result depends on.
CREATE TABLE dry_runs (
  key TEXT PRIMARY KEY,
  result TEXT NOT NULL,
  measured_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
