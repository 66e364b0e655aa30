import type { Aftermath } from "./aftermath.ts";
import type { KnownOperation } from "./operation-ledger.ts";

/** An operation is applied once, and each carries something that was changed and not sent before. */
export function judgeOperations({ ledger, watch, restores }: Aftermath): string[] {
  const problems: string[] = [];
  for (const operation of ledger.operations.values()) {
    const { opId, by, action, table, rowId, applied } = operation;
    const what = `the ${action} of ${table} ${rowId} by ${by} (${opId})`;
    if (applied > 1) problems.push(`DOUBLED: ${what} was applied ${applied} times`);
    // What a backup lacks is said again, though nobody has changed it.
    if (applied === 0 || restores > 0 || !watch.empty.has(opId)) continue;
    if (!isSaidByItself(operation)) {
      problems.push(
        `DOUBLED: ${what} says nothing new: ${Object.keys(operation.values).join(", ")}`,
      );
    }
  }
  return problems;
}

/** What sync itself has to say, without anybody's having changed the row. */
function isSaidByItself({ table, action, values }: KnownOperation): boolean {
  // A job's adapter follows it; a wish is answered; what came late from itself is put right.
  if (table === "training_jobs") return action === "update";
  // The same notice had been brought there unread by another operation.
  return table === "notifications" && action === "update" && values["read"] === true;
}
