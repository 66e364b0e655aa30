import type { SyncTable } from "../../shared/contract/sync.ts";
import { type OutboxEntry } from "../../electron/sync/outbox-entry.ts";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import type { Aftermath } from "./aftermath.ts";
import type { Workstation } from "./workstation.ts";

/** So often a change fails by itself before it is set aside. */
const FAILURES_ALONE = 3;

/** What is left in the outbox is refused, and rightly so. */
export function judgeOutbox(desk: Workstation, aftermath: Aftermath): string[] {
  const left = desk.store.prepare("SELECT count(*) AS n FROM sync_outbox").get()?.["n"];
  const quarantined = new OutboxStore(desk.store).quarantined();
  const problems = quarantined
    .filter((entry) => !isRight(entry, quarantined, aftermath))
    .map(
      ({ table, rowId, reason, error, action, opId }) =>
        `LOST: the ${action} of ${table} ${rowId} (${opId ?? "-"}) on ${desk.name} is refused as ${reason}: ${error}`,
    );
  if (left !== quarantined.length) {
    problems.push(`LOST: ${Number(left) - quarantined.length} changes wait on ${desk.name}`);
  }
  return problems;
}

function isRight(
  entry: OutboxEntry,
  quarantined: readonly OutboxEntry[],
  { project, journal, network, ledger, restores }: Aftermath,
): boolean {
  if (entry.dependsOn !== null) {
    return quarantined.some(({ opId }) => opId === entry.dependsOn);
  }
  const { rows, feed } = project.data;
  const server = rows[entry.table].get(entry.rowId);
  switch (entry.reason) {
    case "constraint":
    case "invalid_value":
      return journal.poisoned.has(entry.rowId);
    case "refused":
      return journal.poisoned.has(entry.rowId) || network.refusedAlone.has(entry.opId ?? "");
    case "deleted":
      return (
        // Refused before a restore took the deletion back.
        (restores > 0 && project.everDeleted.has(entry.rowId)) ||
        typeof server?.["deleted_at"] === "string" ||
        feed.some(({ rowId, action }) => rowId === entry.rowId && action === "delete")
      );
    case "not_found":
      return server === undefined || restores > 0;
    case "missing_reference":
      // Refused before another machine brought it back after a restore: a retry is all it takes.
      return (
        restores > 0 || references(entry).some(([table, id]) => rows[table].get(id) === undefined)
      );
    default: {
      // The project answers, and time and again not this one.
      const operation = ledger.operations.get(entry.opId ?? "");
      return (operation?.failedAlone ?? 0) >= FAILURES_ALONE;
    }
  }
}

function references({ values }: OutboxEntry): [SyncTable, string][] {
  const named: [SyncTable, unknown][] = [
    ["datasets", values?.["dataset_id"]],
    ["training_jobs", values?.["job_id"]],
    ["model_artifacts", values?.["artifact_id"]],
  ];
  return named.filter((one): one is [SyncTable, string] => typeof one[1] === "string");
}
