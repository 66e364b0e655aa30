import type { SyncTable } from "../../shared/contract/sync.ts";
import type { Answer } from "../../electron/sync/team-server.ts";

/** An operation that a workstation has sent, by its number. */
export interface KnownOperation {
  opId: string;
  by: string;
  table: SyncTable;
  rowId: string;
  action: "insert" | "update" | "delete";
  values: Record<string, unknown>;
  /** How often the project has applied it in the history that holds. */
  applied: number;
  /** When it was applied last, counted in operations; 0 where it never was. */
  appliedAt: number;
  /** An answer that names it has reached the workstation. */
  isTold: boolean;
  /** How many times it came to nothing although it was alone in its request. */
  failedAlone: number;
}

interface SentChange {
  op_id: string;
  table: SyncTable;
  row_id: string;
  action: KnownOperation["action"];
  values: Record<string, unknown>;
}

/** What became of every operation: seen on its way, not told by those whose work is judged. */
export class OperationLedger {
  readonly operations = new Map<string, KnownOperation>();
  #serial = 0;

  /** A request leaves a workstation. */
  send(by: string, body: string): void {
    for (const change of changesOf(body)) {
      if (this.operations.has(change.op_id)) continue;
      const { op_id: opId, table, row_id: rowId, action, values } = change;
      const unanswered = { applied: 0, appliedAt: 0, isTold: false, failedAlone: 0 };
      this.operations.set(opId, { opId, by, table, rowId, action, values, ...unanswered });
    }
  }

  /** The project has carried out what it was sent. */
  carryOut(answers: readonly Answer[]): void {
    for (const { op_id: opId, outcome } of answers) {
      const operation = this.operations.get(opId);
      if (operation === undefined || outcome !== "applied") continue;
      this.#serial += 1;
      operation.applied += 1;
      operation.appliedAt = this.#serial;
    }
  }

  /** An answer has come back to where it was asked for. */
  tell(body: string): void {
    for (const { op_id: opId } of answersOf(body)) {
      const operation = this.operations.get(opId);
      if (operation !== undefined) operation.isTold = true;
    }
  }

  /** A request came to nothing, in the way that a project fails which cannot do it. */
  fail(body: string): void {
    const [change, ...more] = changesOf(body);
    const operation = change === undefined ? undefined : this.operations.get(change.op_id);
    if (operation !== undefined && more.length === 0) operation.failedAlone += 1;
  }

  /** Another history holds: what it has not applied has never been. */
  restore(feed: readonly { opId: string | null }[]): void {
    const held = new Set(feed.map(({ opId }) => opId));
    for (const operation of this.operations.values()) {
      operation.applied = held.has(operation.opId) ? 1 : 0;
    }
  }
}

function changesOf(body: string): SentChange[] {
  return (JSON.parse(body) as { changes?: SentChange[] }).changes ?? [];
}

/** None where the text is torn. */
export function answersOf(body: string): Answer[] {
  try {
    const answers: unknown = JSON.parse(body);
    return Array.isArray(answers) ? (answers as Answer[]) : [];
  } catch {
    return [];
  }
}
