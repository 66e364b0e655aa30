export const queueAndHistory = `
-- Priority, what it waits for, sharing, retries, project: as JSON.
ALTER TABLE runs ADD COLUMN accounting TEXT NOT NULL DEFAULT '{}';
-- The place in the queue among jobs of the same priority: the least comes first.
ALTER TABLE runs ADD COLUMN queue_rank INTEGER NOT NULL DEFAULT 0;
-- Retries in a row without a checkpoint in between.
ALTER TABLE runs ADD COLUMN retries_used INTEGER NOT NULL DEFAULT 0;

-- Every change of a job's status; written with the change itself, never changed.
CREATE TABLE job_transitions (
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  -- Null: it was created.
  from_status TEXT,
  to_status TEXT NOT NULL,
  event TEXT NOT NULL,
  cause TEXT NOT NULL,
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  is_paused INTEGER NOT NULL CHECK (is_paused IN (0, 1))
) STRICT;

-- Devices whose last process could not even be killed: not leased again until it has left.
CREATE TABLE stuck_leases (
  lease TEXT NOT NULL,
  pid INTEGER NOT NULL,
  start_time TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  job_name TEXT NOT NULL,
  PRIMARY KEY (lease, pid)
) STRICT, WITHOUT ROWID;
`;
