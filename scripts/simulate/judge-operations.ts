import type { Aftermath } from "./aftermath.ts";
import type { KnownOperation } from "./operation-ledger.ts";

/**
 * An operation is applied once, and what was changed is carried by one that is applied: it may take
 * the place of another that never was, and there is none besides.
 */
export function judgeOperations({ ledger, watch, restores }: Aftermath): string[] {
  const problems: string[] = [];
  const operations = [...ledger.operations.values()];
  for (const { applied, ...operation } of operations) {
    if (applied > 1) problems.push(`DOUBLED: ${nameOf(operation)} was applied ${applied} times`);
  }
  // What a backup lacks is said again, though nobody has changed it.
  if (restores > 0) return problems;
  for (const ofRow of Map.groupBy(operations, ({ by, rowId }) => `${by} ${rowId}`).values()) {
    const replaced = ofRow.filter(({ opId, applied }) => applied === 0 && !watch.empty.has(opId));
    const empty = ofRow.filter(
      (one) => one.applied > 0 && watch.empty.has(one.opId) && !isSaidByItself(one),
    );
    for (const operation of empty.slice(replaced.length)) {
      problems.push(`DOUBLED: ${nameOf(operation)} says nothing new`);
    }
  }
  return problems;
}

function nameOf({ opId, by, action, table, rowId }: Omit<KnownOperation, "applied">): string {
  return `the ${action} of ${table} ${rowId} by ${by} (${opId})`;
}

/** What sync itself has to say, without anybody's having changed the row. */
function isSaidByItself({ table, action, values }: KnownOperation): boolean {
  // A job's adapter follows it; a wish is answered; what came late from itself is put right.
  if (table === "training_jobs") return action === "update";
  // The same notice had been brought there unread by another operation.
  return table === "notifications" && action === "update" && values["read"] === true;
}
