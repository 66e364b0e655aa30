/*
 * Tables whose rows the team's database has too (datasets, training_jobs, metrics_points,
 * model_artifacts, cost_records, notifications) carry exactly its columns, and a test says so. What
 * only this machine needs to know of such a row (paths, offsets, import details) stands in a table
 * of its own beside it.
 * Times are ISO 8601 in UTC; JSON columns hold JSON text.
 */
export const firstTables = `
CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  format TEXT CHECK (format IN ('messages', 'sharegpt', 'alpaca', 'prompt_completion',
    'question_answer', 'text')),
  status TEXT NOT NULL CHECK (status IN ('importing', 'ready', 'rejected')),
  storage_path TEXT,
  file_name TEXT NOT NULL,
  file_size_bytes INTEGER NOT NULL,
  sha256 TEXT,
  total_training_pairs INTEGER,
  total_validation_pairs INTEGER,
  total_tokens INTEGER,
  avg_turns_per_conversation REAL,
  avg_tokens_per_turn REAL,
  training_ready INTEGER NOT NULL DEFAULT 0 CHECK (training_ready IN (0, 1)),
  validation_errors TEXT,
  sample_data TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deleted_at TEXT
) STRICT;

-- What the import found. The file is in the library's folder named by sha256; file_type names it.
CREATE TABLE dataset_imports (
  dataset_id TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
  file_type TEXT,
  rows INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  turns INTEGER NOT NULL DEFAULT 0,
  characters INTEGER NOT NULL DEFAULT 0,
  longest_row_characters INTEGER NOT NULL DEFAULT 0,
  failure TEXT
) STRICT;

CREATE TABLE dataset_rejections (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  line INTEGER NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  PRIMARY KEY (dataset_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE training_jobs (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  dataset_id TEXT NOT NULL REFERENCES datasets (id),
  artifact_id TEXT,
  name TEXT NOT NULL,
  preset_id TEXT NOT NULL CHECK (preset_id IN ('conservative', 'balanced', 'aggressive', 'custom')),
  base_model TEXT NOT NULL,
  hyperparameters TEXT NOT NULL,
  gpu_config TEXT NOT NULL,
  workstation TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'queued', 'preparing', 'running', 'stopping',
    'completed', 'stopped', 'failed', 'interrupted')),
  desired_state TEXT CHECK (desired_state IN ('running', 'stopped')),
  progress REAL NOT NULL DEFAULT 0,
  current_epoch REAL NOT NULL DEFAULT 0,
  current_step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER NOT NULL DEFAULT 0,
  retry_count INTEGER NOT NULL DEFAULT 0,
  estimated_cost REAL,
  actual_cost REAL,
  error_message TEXT,
  queued_at TEXT,
  started_at TEXT,
  completed_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX training_jobs_dataset ON training_jobs (dataset_id);
CREATE INDEX training_jobs_status ON training_jobs (status);

-- This machine's side of a job: where its run folder is and how far its events have been read.
CREATE TABLE runs (
  job_id TEXT PRIMARY KEY REFERENCES training_jobs (id) ON DELETE CASCADE,
  run_path TEXT NOT NULL,
  model_path TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0,
  events_offset INTEGER NOT NULL DEFAULT 0,
  plan TEXT,
  -- What the present attempt has said of its end so far: its error, its result, a checkpoint.
  attempt_report TEXT NOT NULL,
  -- Interruptions in a row without a checkpoint in between.
  idle_interruptions INTEGER NOT NULL DEFAULT 0,
  -- Where the adapter is, relative to run_path.
  adapter_path TEXT,
  -- The fields of the job's present status that training_jobs has no column for.
  state TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE run_timeline (
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  at TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  step INTEGER,
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics_points (
  id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch REAL NOT NULL,
  training_loss REAL,
  validation_loss REAL,
  learning_rate REAL,
  gradient_norm REAL,
  system_metrics TEXT,
  recorded_at TEXT NOT NULL,
  UNIQUE (job_id, step)
) STRICT;
CREATE INDEX metrics_points_validation ON metrics_points (job_id, step)
  WHERE validation_loss IS NOT NULL;

CREATE TABLE model_artifacts (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  job_id TEXT NOT NULL REFERENCES training_jobs (id) ON DELETE CASCADE,
  dataset_id TEXT NOT NULL REFERENCES datasets (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 1,
  description TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('local', 'uploading', 'stored', 'deleted')),
  storage_path TEXT,
  files TEXT NOT NULL,
  quality_metrics TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  deleted_at TEXT
) STRICT;
CREATE INDEX model_artifacts_job ON model_artifacts (job_id);
CREATE INDEX model_artifacts_dataset ON model_artifacts (dataset_id);

-- What was spent: records are added, never changed. They outlast their job.
CREATE TABLE cost_records (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  job_id TEXT REFERENCES training_jobs (id) ON DELETE SET NULL,
  cost_type TEXT NOT NULL CHECK (cost_type IN ('energy', 'gpu_time', 'storage', 'other')),
  amount REAL NOT NULL,
  details TEXT NOT NULL DEFAULT '{}',
  -- Year and month: 2026-03.
  billing_period TEXT NOT NULL,
  recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX cost_records_period ON cost_records (billing_period);
CREATE INDEX cost_records_job ON cost_records (job_id);

CREATE TABLE notifications (
  id TEXT PRIMARY KEY,
  user_id TEXT,
  type TEXT NOT NULL CHECK (type IN ('job_completed', 'job_stopped', 'job_failed',
    'job_interrupted', 'dataset_ready', 'dataset_rejected', 'artifact_stored', 'cost_limit',
    'storage_problem', 'sync_problem', 'system')),
  title TEXT NOT NULL,
  message TEXT NOT NULL,
  priority TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  read INTEGER NOT NULL DEFAULT 0 CHECK (read IN (0, 1)),
  action_url TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX notifications_created ON notifications (created_at);

CREATE TABLE settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value TEXT NOT NULL
) STRICT;
`;
