import type { SyncTable } from "../../../shared/contract/sync.ts";
import { tables } from "./columns.ts";
import type { ModelProject } from "./model-project.ts";
import type { ServerRow } from "./project-data.ts";

/** What only a job's own workstation writes. */
const OWN_COLUMNS = [
  "workstation",
  "status",
  "progress",
  "current_epoch",
  "current_step",
  "total_steps",
  "retry_count",
  "actual_cost",
  "error_message",
  "queued_at",
  "started_at",
  "completed_at",
];

/** lora_sync.refuse: the reason why a change cannot be made to the row as it is now, or null. */
export function refusalOf(
  project: ModelProject,
  userId: string,
  change: Record<string, unknown>,
  present: ServerRow | undefined,
  given: Record<string, unknown>,
): string | null {
  const { action } = change;
  const table = change["table"] as SyncTable;
  const keys = Object.keys(given);
  if (isGiven(given["user_id"]) && given["user_id"] !== userId) return "other_user";
  const known = tables[table];
  if (keys.some((key) => !["id", "user_id"].includes(key) && !Object.hasOwn(known, key))) {
    return "unknown_column";
  }
  const isAppended = table === "cost_records" || table === "notifications";
  if (
    (action === "delete" && isAppended) ||
    (action === "update" && table === "cost_records") ||
    (action === "update" && table === "notifications" && keys.some((key) => key !== "read"))
  ) {
    return "append_only";
  }
  if (present === undefined) {
    const wasDeleted = project.data.feed.some(
      (entry) =>
        entry.userId === userId &&
        entry.table === table &&
        entry.rowId === change["row_id"] &&
        entry.action === "delete",
    );
    if (wasDeleted) return "deleted";
    if (action !== "insert") return "not_found";
  } else if (action !== "delete") {
    const isSilent = !Object.hasOwn(given, "deleted_at");
    const isLateInsert = action === "insert" && !isGiven(given["deleted_at"]);
    if (isGiven(present["deleted_at"]) && (isSilent || isLateInsert)) return "deleted";
    if (
      table === "training_jobs" &&
      present["workstation"] !== change["workstation"] &&
      keys.some((key) => OWN_COLUMNS.includes(key))
    ) {
      return "other_workstation";
    }
  }
  const isMissing = (key: string, target: SyncTable) =>
    isGiven(given[key]) && project.find(target, given[key], userId) === undefined;
  if (
    isMissing("dataset_id", "datasets") ||
    isMissing("job_id", "training_jobs") ||
    isMissing("artifact_id", "model_artifacts")
  ) {
    return "missing_reference";
  }
  return null;
}

function isGiven(value: unknown): boolean {
  return value !== null && value !== undefined;
}
