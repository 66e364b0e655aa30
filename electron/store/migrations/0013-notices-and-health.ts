export const noticesAndHealth = `
-- Which hook is still to hear of which notice. A hook's id is a hash of what it is, so that no
-- address stands here.
CREATE TABLE notice_deliveries (
  notice_id TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  hook_id TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given_up')),
  tries INTEGER NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL,
  settled_at TEXT,
  problem TEXT,
  PRIMARY KEY (notice_id, hook_id)
) STRICT;
CREATE INDEX notice_deliveries_due ON notice_deliveries (due_at) WHERE state = 'waiting';

-- What was found about runs: each occurrence once, so that a restart does not tell it again.
CREATE TABLE run_findings (
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- What it is about besides the run: a GPU, a fault; empty where there is nothing else.
  subject TEXT NOT NULL,
  since TEXT NOT NULL,
  message TEXT NOT NULL,
  advice TEXT NOT NULL,
  cleared_at TEXT,
  PRIMARY KEY (job_id, attempt, kind, subject, since)
) STRICT, WITHOUT ROWID;

-- Runs that were stopped for want of disk space and go on by themselves when there is room.
CREATE TABLE disk_pauses (
  job_id TEXT PRIMARY KEY REFERENCES training_jobs (id) ON DELETE CASCADE,
  -- stopping: asked to stop; held: queued, waiting for room.
  state TEXT NOT NULL CHECK (state IN ('stopping', 'held')),
  needed_bytes INTEGER NOT NULL,
  run_path TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
`;
