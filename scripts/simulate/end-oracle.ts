import { syncTableSchema } from "../../shared/contract/sync.ts";
import { countRows } from "../../electron/sync/sync-counts.ts";
import type { Aftermath } from "./aftermath.ts";
import { isSame } from "./model/model-project.ts";
import { judgeDeletions } from "./judge-deletions.ts";
import { judgeMirror } from "./judge-mirror.ts";
import { judgeNames } from "./judge-names.ts";
import { judgeOperations } from "./judge-operations.ts";
import { judgeOutbox } from "./judge-outbox.ts";
import { judgeWishes } from "./judge-wishes.ts";
import { keptRows, quietRows } from "./file-rows.ts";
import { teamValues } from "./team-values.ts";
import type { Workstation } from "./workstation.ts";

/** What must be true once nothing disturbs any more and everybody is quiet. */
export function judgeAftermath(aftermath: Aftermath): string[] {
  const problems = aftermath.desks.flatMap((desk) => [
    ...judgeRows(desk, aftermath),
    ...judgeKept(desk, aftermath),
    ...judgeOutbox(desk, aftermath),
    ...judgeMirror(desk, aftermath.project),
    ...judgeMetrics(desk, aftermath),
    ...judgeStatus(desk),
  ]);
  return [
    ...problems,
    ...judgeNames(aftermath),
    ...judgeOwners(aftermath),
    ...judgeDeletions(aftermath),
    ...judgeOperations(aftermath),
    ...judgeWishes(aftermath),
  ];
}

/** Everything that counts as synced is at the project as it is here. */
function judgeRows(desk: Workstation, aftermath: Aftermath): string[] {
  const { project } = aftermath;
  const problems: string[] = [];
  const kept = keptRows(desk);
  for (const { table, id } of quietRows(desk)) {
    const local = desk.rows.find(table, id);
    const server = project.data.rows[table].get(id);
    if (local === undefined) continue;
    if (server?.user_id !== desk.userId) {
      problems.push(`LOST: ${table} ${id} of ${desk.name} is not at the project`);
      continue;
    }
    for (const [key, value] of Object.entries(teamValues(table, local))) {
      if (isSame(value, server[key]) || isOfReturnedJob(key, server[key], aftermath)) continue;
      // An adapter that was given up is not there to be named.
      if (key === "artifact_id" && server[key] === null && kept.has(String(value))) continue;
      const here = `${JSON.stringify(value)} on ${desk.name}`;
      problems.push(
        `DIVERGED: ${table} ${id}: ${key} is ${here}, ${JSON.stringify(server[key])} at the project`,
      );
    }
  }
  return problems;
}

/** A backup brings deleted jobs back, which nobody here remembers; their costs name them again. */
function isOfReturnedJob(key: string, value: unknown, { project, restores }: Aftermath): boolean {
  return restores > 0 && key === "job_id" && project.everDeleted.has(String(value));
}

/** What stays here does so by choice, or because it is gone at the project. */
function judgeKept(desk: Workstation, { journal, project }: Aftermath): string[] {
  const marks = desk.store.prepare("SELECT table_name, row_id FROM sync_kept_local").all();
  const gone = (id: string) =>
    journal.keptByChoice.has(id) ||
    project.everDeleted.has(id) ||
    journal.wasGivenUp(desk.name, id);
  const problems = marks
    .map((mark) => String(mark["row_id"]))
    .filter((id) => !gone(id) && syncTableSchema.options.some((table) => desk.rows.find(table, id)))
    // The costs of a job that was kept local and then deleted.
    .filter((id) => desk.rows.find("cost_records", id) === undefined)
    .map((id) => `LOST: ${id} is kept local on ${desk.name} and nobody wanted that`);
  const { keptLocal } = countRows(desk.store);
  const outbox = new Set(
    desk.store
      .prepare("SELECT row_id FROM sync_outbox")
      .all()
      .map((row) => String(row["row_id"])),
  );
  const kept = [...keptRows(desk)].filter(
    (id) =>
      !outbox.has(id) &&
      syncTableSchema.options
        .map((table) => desk.rows.find(table, id))
        .some((row) => row !== undefined && row["status"] !== "importing"),
  );
  if (kept.length !== keptLocal) {
    problems.push(`${desk.name} counts ${keptLocal} kept rows, there are ${kept.length}`);
  }
  return problems;
}

/** The curves of a machine's own jobs that are at the project. */
function judgeMetrics(desk: Workstation, { project }: Aftermath): string[] {
  const problems: string[] = [];
  for (const { table, id } of quietRows(desk)) {
    if (table !== "training_jobs") continue;
    const local = desk.metrics.teamRows(id, 0, Number.MAX_SAFE_INTEGER);
    const server = project.data.metrics.get(id) ?? new Map<number, Record<string, unknown>>();
    const job = desk.rows.find("training_jobs", id);
    if (job?.["workstation"] !== desk.host) continue;
    if (local.length !== server.size) {
      problems.push(
        `LOST: ${local.length} points of ${id} on ${desk.name}, ${server.size} at the project`,
      );
    }
    for (const { id: _id, recorded_at: at, ...point } of local) {
      const { id: _theirId, recorded_at: theirAt, ...theirs } = server.get(point.step) ?? {};
      if (!isSame(point, theirs) || Date.parse(at) !== Date.parse(String(theirAt))) {
        const both = `${JSON.stringify(point)} ${at}, ${JSON.stringify(theirs)} ${String(theirAt)}`;
        problems.push(`DIVERGED: step ${point.step} of ${id} on ${desk.name}: ${both}`);
        break;
      }
    }
  }
  return problems;
}

function judgeStatus(desk: Workstation): string[] {
  const status = desk.sync?.status();
  if (status === undefined) return [`${desk.name} does not run`];
  const { counts, state, lastError } = status;
  const problems: string[] = [];
  if (counts.waiting !== 0) problems.push(`${desk.name} still waits with ${counts.waiting} rows`);
  if (state !== "idle") problems.push(`${desk.name} is ${state}: ${JSON.stringify(lastError)}`);
  return problems;
}

/** Nothing is at the project under another user than its maker's, and nothing that was deleted. */
function judgeOwners({ project, journal, desks, restores }: Aftermath): string[] {
  const problems: string[] = [];
  for (const [table, rows] of Object.entries(project.data.rows)) {
    for (const row of rows.values()) {
      const maker = journal.makers.get(row.id);
      if (maker?.userId !== row.user_id) {
        problems.push(`LEAKED: ${table} ${row.id} is under the user ${row.user_id}`);
      }
      // They may have come back with a backup.
      if (restores > 0 || table !== "training_jobs") continue;
      const desk = desks.find(({ name }) => name === maker?.by);
      if (desk !== undefined && journal.wasGivenUp(desk.name, row.id)) continue;
      if (desk !== undefined && isDeletionRefused(desk, row.id)) continue;
      if (desk?.rows.find("training_jobs", row.id) === undefined) {
        problems.push(`LOST: the deletion of the job ${row.id} on ${maker?.by ?? "?"}`);
      }
    }
  }
  return problems;
}

/** It stands among what needs attention, until somebody decides. */
function isDeletionRefused({ store }: Workstation, rowId: string): boolean {
  const sql =
    "SELECT 1 FROM sync_outbox WHERE row_id = ? AND action = 'delete' AND state = 'quarantined'";
  return store.prepare(sql).get(rowId) !== undefined;
}
