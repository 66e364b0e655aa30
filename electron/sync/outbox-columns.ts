import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Row } from "../store/open-store.ts";

type Kind = "plain" | "json" | "boolean" | "time";

/** What is synced of each table: all its columns but id, user_id and updated_at. */
export const SYNC_COLUMNS: { readonly [K in SyncTable]: { readonly [column: string]: Kind } } = {
  datasets: {
    ...plain("name", "description", "format", "status", "storage_path", "file_name"),
    ...plain("file_size_bytes", "sha256", "total_training_pairs", "total_validation_pairs"),
    ...plain("total_tokens", "avg_turns_per_conversation", "avg_tokens_per_turn"),
    training_ready: "boolean",
    validation_errors: "json",
    sample_data: "json",
    created_at: "time",
    deleted_at: "time",
  },
  training_jobs: {
    ...plain("dataset_id", "artifact_id", "name", "preset_id", "base_model"),
    hyperparameters: "json",
    gpu_config: "json",
    ...plain("workstation", "status", "desired_state", "progress", "current_epoch"),
    ...plain("current_step", "total_steps", "retry_count", "estimated_cost", "actual_cost"),
    error_message: "plain",
    queued_at: "time",
    started_at: "time",
    completed_at: "time",
    created_at: "time",
  },
  model_artifacts: {
    ...plain("job_id", "dataset_id", "name", "version", "description", "status", "storage_path"),
    files: "json",
    quality_metrics: "json",
    created_at: "time",
    deleted_at: "time",
  },
  cost_records: {
    ...plain("job_id", "cost_type", "amount"),
    details: "json",
    billing_period: "plain",
    recorded_at: "time",
  },
  notifications: {
    ...plain("type", "title", "message", "priority"),
    read: "boolean",
    action_url: "plain",
    metadata: "json",
    created_at: "time",
  },
};

/** Columns that hold the id of another synced row. */
export const REFERENCES: { readonly [column: string]: SyncTable } = {
  dataset_id: "datasets",
  job_id: "training_jobs",
  artifact_id: "model_artifacts",
};

function plain(...names: string[]): Record<string, Kind> {
  return Object.fromEntries(names.map((name) => [name, "plain" as const]));
}

export function columnsOf(table: SyncTable): string[] {
  return Object.keys(SYNC_COLUMNS[table]);
}

/** A row of the local store as the team's API takes it. */
export function toTeamValues(
  table: SyncTable,
  row: Row,
  columns: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    columns.map((column) => [column, toTeamValue(table, column, row[column] ?? null)]),
  );
}

function toTeamValue(table: SyncTable, column: string, value: unknown): unknown {
  if (value === null) return null;
  switch (SYNC_COLUMNS[table][column]) {
    case "json":
      return JSON.parse(textOf(value)) as unknown;
    case "boolean":
      return value === 1;
    default:
      return value;
  }
}

/** A value of the team's API as the local store keeps it. */
export function toLocalValue(
  table: SyncTable,
  column: string,
  value: unknown,
): string | number | null {
  if (value === null || value === undefined) return null;
  switch (SYNC_COLUMNS[table][column]) {
    case "json":
      return JSON.stringify(value);
    case "boolean":
      return value === true ? 1 : 0;
    case "time":
      return localTime(textOf(value));
    default:
      return typeof value === "number" ? value : textOf(value);
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As `Date.toISOString` gives it, which is how the local store writes times. */
export function localTime(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

/** Whether a local value and the server's say the same, whatever the order of JSON keys. */
export function isSameValue(
  table: SyncTable,
  column: string,
  local: unknown,
  server: unknown,
): boolean {
  const theirs = toLocalValue(table, column, server);
  if (local === null || theirs === null) return local === theirs;
  switch (SYNC_COLUMNS[table][column]) {
    case "json":
      return canonical(JSON.parse(textOf(local))) === canonical(server);
    case "time":
      return localTime(textOf(local)) === theirs;
    default:
      // numeric(14, 6) keeps six decimals.
      return typeof local === "number" && typeof theirs === "number"
        ? Math.abs(local - theirs) <= 5.1e-7 + Math.abs(local) * 1e-12
        : local === theirs;
  }
}

/** JSON with the keys of objects in order, so that equal values have equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
