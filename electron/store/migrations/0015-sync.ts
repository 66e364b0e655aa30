/*
 * What this machine owes the team's project, and what it knows of it.
 *
 * Triggers write the outbox in the transaction of the row change itself. They work in files that
 * belong to an account (sync_account), for changes made here (not while sync_applying has a row:
 * those came from the server), for rows that are not kept local and not still being imported.
 *
 *   change ──▶ pending ──▶ sent ──▶ (answered: gone)
 *                 ▲          └────▶ quarantined ──▶ pending (retry) | gone (discard, delete)
 *                 └── a further change of the row joins its entry unless that is `sent`: what was
 *                     sent may be at the server already, so a new entry follows it
 */
const TABLES = {
  datasets: `name description format status storage_path file_name file_size_bytes sha256
    total_training_pairs total_validation_pairs total_tokens avg_turns_per_conversation
    avg_tokens_per_turn training_ready validation_errors sample_data created_at deleted_at`,
  training_jobs: `dataset_id artifact_id name preset_id base_model hyperparameters gpu_config
    workstation status desired_state progress current_epoch current_step total_steps
    retry_count estimated_cost actual_cost error_message queued_at started_at completed_at
    created_at`,
  model_artifacts: `job_id dataset_id name version description status storage_path files
    quality_metrics created_at deleted_at`,
  // Added and never changed; a notice can only become read.
  cost_records: "",
  notifications: "read",
} as const;
type Table = keyof typeof TABLES;

const kept = (table: Table | "any", id: string) =>
  `EXISTS (SELECT 1 FROM sync_kept_local k WHERE ${table === "any" ? "" : `k.table_name = '${table}' AND `}k.row_id = ${id})`;
const ofKeptJob = (id: string) =>
  `(${kept("training_jobs", id)} OR EXISTS (SELECT 1 FROM training_jobs kj WHERE kj.id = ${id} AND ${kept("datasets", "kj.dataset_id")}))`;
/** What a kept row is known by elsewhere is kept with it: its adapters, costs and notices. */
const isKept: { readonly [K in Table]: (row: string) => string } = {
  datasets: (row) => kept("datasets", `${row}.id`),
  training_jobs: (row) =>
    `(${kept("training_jobs", `${row}.id`)} OR ${kept("datasets", `${row}.dataset_id`)})`,
  model_artifacts: (row) =>
    `(${kept("model_artifacts", `${row}.id`)} OR ${kept("datasets", `${row}.dataset_id`)} OR ${ofKeptJob(`${row}.job_id`)})`,
  cost_records: (row) => `(${kept("cost_records", `${row}.id`)} OR ${ofKeptJob(`${row}.job_id`)})`,
  notifications: (row) =>
    `(${kept("notifications", `${row}.id`)} OR ${kept("any", `substr(${row}.action_url, -36)`)} OR ${ofKeptJob(`substr(${row}.action_url, -36)`)})`,
};
const isWhole = (table: Table, row: string) =>
  table === "datasets" ? `${row}.status <> 'importing'` : "1";
const IS_ACTIVE = `EXISTS (SELECT 1 FROM sync_account) AND NOT EXISTS (SELECT 1 FROM sync_applying)`;
const known = (table: Table, row: string) =>
  `coalesce((SELECT m.version FROM sync_mirror m WHERE m.table_name = '${table}' AND m.row_id = ${row}.id),
     (SELECT c.version FROM sync_confirmed c WHERE c.table_name = '${table}' AND c.row_id = ${row}.id))`;
const unsent = (table: Table, row: string) =>
  `table_name = '${table}' AND row_id = ${row}.id AND state <> 'sent'`;

const tables = Object.keys(TABLES) as Table[];

function insertTrigger(table: Table): string {
  return `
CREATE TRIGGER sync_${table}_insert AFTER INSERT ON ${table}
WHEN ${IS_ACTIVE} AND ${isWhole(table, "NEW")} AND NOT ${isKept[table]("NEW")}
BEGIN
  INSERT INTO sync_outbox (table_name, row_id, action) VALUES ('${table}', NEW.id, 'insert');
END;`;
}

function updateTrigger(table: Table): string {
  const columns = TABLES[table].split(/\s+/).filter((name) => name !== "");
  if (columns.length === 0) return "";
  const changed = columns
    .map((name) => `SELECT '${name}' AS value WHERE OLD.${name} IS NOT NEW.${name}`)
    .join(" UNION ALL ");
  const hasName = `EXISTS (SELECT 1 FROM json_each(columns) WHERE value IN ('name', 'description'))`;
  return `
CREATE TRIGGER sync_${table}_update AFTER UPDATE OF ${columns.join(", ")} ON ${table}
WHEN ${IS_ACTIVE} AND ${isWhole(table, "NEW")} AND NOT ${isKept[table]("NEW")}
  AND (${columns.map((name) => `OLD.${name} IS NOT NEW.${name}`).join(" OR ")})
BEGIN
  UPDATE sync_outbox SET
    columns = (SELECT json_group_array(value) FROM
      (SELECT value FROM json_each(columns) UNION SELECT value FROM (${changed}))),
    base_version = CASE WHEN ${hasName} THEN base_version ELSE ${known(table, "NEW")} END
  WHERE ${unsent(table, "NEW")} AND action = 'update';
  INSERT INTO sync_outbox (table_name, row_id, action, columns, base_version)
  SELECT '${table}', NEW.id, ${table === "datasets" ? "iif(OLD.status = 'importing', 'insert', 'update')" : "'update'"},
    (SELECT json_group_array(value) FROM (${changed})), ${known(table, "NEW")}
  WHERE NOT EXISTS (SELECT 1 FROM sync_outbox WHERE ${unsent(table, "NEW")});
END;`;
}

/** An insert that was never sent goes with its row; what waited for the row waits no longer. */
function deleteTrigger(table: Table): string {
  return `
CREATE TRIGGER sync_${table}_delete AFTER DELETE ON ${table}
WHEN ${IS_ACTIVE} AND ${isWhole(table, "OLD")} AND NOT ${isKept[table]("OLD")}
BEGIN
  UPDATE sync_outbox SET state = 'pending', reason = NULL, error = NULL, depends_on = NULL
  WHERE depends_on IN (SELECT op_id FROM sync_outbox WHERE ${unsent(table, "OLD")});
  INSERT INTO sync_outbox (table_name, row_id, action)
  SELECT '${table}', OLD.id, 'delete'
  WHERE NOT EXISTS (SELECT 1 FROM sync_outbox
    WHERE ${unsent(table, "OLD")} AND action = 'insert' AND op_id IS NULL);
  DELETE FROM sync_outbox WHERE ${unsent(table, "OLD")} AND action <> 'delete';
END;`;
}

export const sync = `
-- Whose file this is. Nothing of it is ever sent as another user or to another project.
CREATE TABLE sync_account (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  user_id TEXT NOT NULL,
  project_url TEXT NOT NULL,
  is_paused INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
  last_synced_at TEXT
) STRICT;

-- Has its row only inside the transactions that bring in the server's rows.
CREATE TABLE sync_applying (
  id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;

CREATE TABLE sync_kept_local (
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  PRIMARY KEY (table_name, row_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sync_kept_local_row ON sync_kept_local (row_id);

CREATE TABLE sync_outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Given when it is first sent. The server does an operation once, however often it arrives.
  op_id TEXT UNIQUE,
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('insert', 'update', 'delete')),
  -- The columns of an update, as a JSON list; an insert sends all.
  columns TEXT NOT NULL DEFAULT '[]',
  -- Values of a row that this machine does not have, as JSON.
  given TEXT,
  -- What was sent, as JSON: a repeat after a crash sends the same.
  "values" TEXT,
  -- The newest entry of the feed that was known here when a name or note was changed.
  base_version INTEGER,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'quarantined')),
  attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  error TEXT,
  -- The operation that was refused and must go first.
  depends_on TEXT,
  quarantined_at TEXT
) STRICT;
CREATE INDEX sync_outbox_row ON sync_outbox (table_name, row_id, seq);
CREATE INDEX sync_outbox_state ON sync_outbox (state, seq);
CREATE INDEX sync_outbox_depends_on ON sync_outbox (depends_on) WHERE depends_on IS NOT NULL;

-- What the server has confirmed of a row: its newest own operation, and the names it gave.
CREATE TABLE sync_confirmed (
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  version INTEGER,
  op_id TEXT,
  names TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (table_name, row_id)
) STRICT, WITHOUT ROWID;

-- Every row of the feed as it was pulled last, this machine's and others'.
CREATE TABLE sync_mirror (
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- The row as the API gives it, as JSON; null where it is gone.
  row TEXT,
  is_deleted INTEGER NOT NULL CHECK (is_deleted IN (0, 1)),
  PRIMARY KEY (table_name, row_id)
) STRICT;

CREATE TABLE sync_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  cursor TEXT,
  epoch TEXT,
  -- The project was restored or moved and is being read anew from the beginning.
  is_rebuilding INTEGER NOT NULL DEFAULT 0 CHECK (is_rebuilding IN (0, 1))
) STRICT;
INSERT INTO sync_cursor (id) VALUES (1);

-- Names and notes that lost against a later one.
CREATE TABLE sync_overwritten (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  table_name TEXT NOT NULL,
  row_id TEXT NOT NULL,
  column_name TEXT NOT NULL,
  lost TEXT NOT NULL,
  kept TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

-- Blocks of curves with points that the server has not confirmed: all from the record at
-- from_index on. generation tells a block that grew while its points were on their way.
CREATE TABLE sync_metrics (
  job_id TEXT NOT NULL,
  block INTEGER NOT NULL,
  from_index INTEGER NOT NULL,
  generation INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (job_id, block)
) STRICT, WITHOUT ROWID;

-- Jobs whose points the server refused: not sent again until somebody asks for it.
CREATE TABLE sync_metrics_refused (
  job_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  error TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- All rows here that are to be on the server, or would be if they were not kept local. Rows that
-- others refer to come first.
CREATE VIEW sync_rows AS
${tables
  .map(
    (table, rank) =>
      `SELECT ${rank} AS rank, '${table}' AS table_name, r.id AS row_id, r.rowid AS position,
  ${isKept[table]("r")} AS is_kept FROM ${table} r WHERE ${isWhole(table, "r")}`,
  )
  .join("\nUNION ALL\n")};

${tables.map((table) => insertTrigger(table) + updateTrigger(table)).join("\n")}
${(["datasets", "training_jobs", "model_artifacts"] as const).map(deleteTrigger).join("\n")}

-- A job that was kept local leaves its costs behind, which no longer name it then.
CREATE TRIGGER sync_kept_job_delete BEFORE DELETE ON training_jobs
WHEN ${isKept.training_jobs("OLD")}
BEGIN
  INSERT OR IGNORE INTO sync_kept_local VALUES ('training_jobs', OLD.id);
  INSERT OR IGNORE INTO sync_kept_local
  SELECT 'cost_records', c.id FROM cost_records c WHERE c.job_id = OLD.id;
END;

CREATE TRIGGER sync_metrics_insert AFTER INSERT ON metrics_blocks
WHEN NEW.level = 0 AND EXISTS (SELECT 1 FROM sync_account)
BEGIN
  INSERT INTO sync_metrics (job_id, block, from_index)
  SELECT s.job_id, NEW.block, 0 FROM metrics_series s WHERE s.id = NEW.series_id
  ON CONFLICT (job_id, block) DO UPDATE SET from_index = 0, generation = generation + 1;
END;

-- Steps that were taken again change what stood there: then the whole block is sent again.
CREATE TRIGGER sync_metrics_update AFTER UPDATE OF records ON metrics_blocks
WHEN NEW.level = 0 AND OLD.records <> NEW.records AND EXISTS (SELECT 1 FROM sync_account)
BEGIN
  INSERT INTO sync_metrics (job_id, block, from_index)
  SELECT s.job_id, NEW.block,
    iif(substr(NEW.records, 1, length(OLD.records)) = OLD.records, OLD.points, 0)
  FROM metrics_series s WHERE s.id = NEW.series_id
  ON CONFLICT (job_id, block) DO UPDATE SET
    from_index = min(from_index, excluded.from_index), generation = generation + 1;
END;

CREATE TRIGGER sync_metrics_delete AFTER DELETE ON metrics_blocks
WHEN OLD.level = 0
BEGIN
  DELETE FROM sync_metrics WHERE block = OLD.block
    AND job_id = (SELECT s.job_id FROM metrics_series s WHERE s.id = OLD.series_id);
END;

CREATE TRIGGER sync_metrics_job_delete AFTER DELETE ON training_jobs
BEGIN
  DELETE FROM sync_metrics WHERE job_id = OLD.id;
  DELETE FROM sync_metrics_refused WHERE job_id = OLD.id;
END;
`;
