import type { QuarantinedChange, SyncTable } from "../../shared/contract/sync.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

const THING: { readonly [K in SyncTable]: string } = {
  datasets: "dataset",
  training_jobs: "job",
  model_artifacts: "adapter",
  cost_records: "cost record",
  notifications: "notice",
};

const ADVICE: { readonly [reason: string]: string } = {
  invalid_value: "A value does not fit its column. Edit it, then retry.",
  constraint: "A value is not allowed by the project's rules. Edit it, then retry.",
  not_permitted:
    "The project's policies do not let this account write the row. Check them with Settings → Supabase, then retry; or discard the change.",
  missing_reference:
    "A row that this one belongs to is not in the project. If it was deleted there, discard the change; otherwise retry.",
  not_found: "The row is not in the project. Discard the change, or retry once it is back.",
  deleted:
    "The row was deleted on another machine, and deletions win. Export the change if you want to keep it, then discard it.",
  other_workstation:
    "The job runs on another workstation, which alone writes its progress. Discard the change.",
  other_user: "The row belongs to another user of the project. Discard the change.",
  append_only: "Costs and notices are added and never changed. Discard the change.",
  unknown_column:
    "The project lacks a column that this release uses. Apply the newest migrations, then retry.",
  unanswered:
    "The project or the line fails at this change alone: it may be too large for them. Retry it on a better line or when the project is less busy.",
  refused: "The project refuses the whole request. Edit the change if it is too large, or retry.",
};

/** What was refused, and what can be done. */
export function quarantineMessage(entry: OutboxEntry, label: string, first: string | null): string {
  const what = `The ${THING[entry.table]} “${label}”`;
  if (entry.dependsOn !== null) {
    return `${what} waits for ${first ?? "a change that was refused"}: it goes when that one does.`;
  }
  const advice = ADVICE[entry.reason ?? ""] ?? "Retry, edit or discard the change.";
  const said = entry.error === null ? "" : ` (${entry.error})`;
  return `${what} was not taken by the project${said}. ${advice}`;
}

export function labelOf(values: Record<string, unknown>, rowId: string): string {
  for (const column of ["name", "title", "cost_type"]) {
    const value = values[column];
    if (typeof value === "string" && value !== "") return value;
  }
  return rowId;
}

export function describeFirst({
  table,
  label,
}: Pick<QuarantinedChange, "table" | "label">): string {
  return `the ${THING[table]} “${label}”`;
}
