export const samplesAndExports = `
-- What the dry run before the first step measured, and the lowest validation loss so far, as JSON.
ALTER TABLE runs ADD COLUMN dry_run TEXT;
ALTER TABLE runs ADD COLUMN best TEXT;

-- What the model in training answered. A step that is taken again after a resume answers anew.
CREATE TABLE run_samples (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  text TEXT NOT NULL,
  at TEXT NOT NULL,
  UNIQUE (job_id, step, prompt)
) STRICT;

-- What adapters were turned into, on this machine alone. They outlast their adapter.
CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  artifact_id TEXT NOT NULL,
  artifact_name TEXT NOT NULL,
  format TEXT NOT NULL,
  outtype TEXT,
  is_merged_first INTEGER NOT NULL CHECK (is_merged_first IN (0, 1)),
  name TEXT NOT NULL,
  target_path TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- The fields of the present state that have no column.
  details TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX exports_artifact ON exports (artifact_id);
`;
