import type { SyncTable } from "../../shared/contract/sync.ts";
import { columnsOf, REFERENCES, toTeamValues } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { isSameChange } from "./outbox-same.ts";
import type { Operation } from "./team-server.ts";

export interface BatchDeps {
  outbox: OutboxStore;
  workstation: string;
  createId: () => string;
  now: () => Date;
}

export interface Batch {
  entries: OutboxEntry[];
  operations: Operation[];
  /** The numbers of those that are sent for the first time, or again after the project named them. */
  fresh: string[];
}

export const MOST_OPERATIONS = 500;
const MOST_CHARACTERS = 2_000_000;

/**
 * Takes the next operations and freezes what they say, in one transaction.
 *
 * @param limit - At most 500, fewer to find out which of them is refused.
 */
export function takeBatch(deps: BatchDeps, limit: number = MOST_OPERATIONS): Batch {
  const { outbox } = deps;
  return outbox.transaction(() => {
    const batch: Batch = { entries: [], operations: [], fresh: [] };
    const seen = new Set<number>();
    let characters = 0;
    for (;;) {
      const candidates = outbox.sendable(seen, MOST_OPERATIONS);
      if (candidates.length === 0) return batch;
      for (const candidate of candidates) {
        seen.add(candidate.seq);
        const entry = candidate.state === "sent" ? candidate : freeze(candidate, deps);
        if (entry === null) continue;
        const operation = operationOf(entry, deps.workstation);
        const { length } = JSON.stringify(operation);
        if (batch.entries.length > 0 && characters + length > MOST_CHARACTERS) {
          // Frozen before its turn: it goes first next time, unchanged until then.
          return batch;
        }
        characters += length;
        batch.entries.push(entry);
        batch.operations.push(operation);
        if (candidate.state !== "sent") batch.fresh.push(operation.op_id);
        if (batch.entries.length >= Math.min(limit, MOST_OPERATIONS)) return batch;
      }
    }
  });
}

/** Null when it cannot go now: it waits for another row, or has nothing to say any more. */
function freeze(entry: OutboxEntry, deps: BatchDeps): OutboxEntry | null {
  const { outbox } = deps;
  if (entry.action === "delete") return send(entry, {}, deps);
  const row = outbox.row(entry.table, entry.rowId);
  if (row === null && entry.given === null) {
    outbox.remove(entry.seq);
    return null;
  }
  const columns = entry.action === "insert" ? columnsOf(entry.table) : entry.columns;
  const values = {
    ...(row === null ? {} : toTeamValues(entry.table, row, columns)),
    ...entry.given,
  };

  // A job and its adapter refer to each other: the job goes first, without it.
  const artifactId = values["artifact_id"];
  const adapter =
    typeof artifactId === "string" ? outbox.unansweredInsert("model_artifacts", artifactId) : null;
  if (typeof artifactId === "string" && outbox.isKept("model_artifacts", artifactId)) {
    delete values["artifact_id"];
    if (entry.action === "update" && Object.keys(values).length === 0) {
      outbox.remove(entry.seq);
      return null;
    }
  }
  if (adapter !== null) {
    delete values["artifact_id"];
    if (entry.action === "update" && Object.keys(values).length === 0) {
      const dependsOn = adapter.state === "quarantined" ? adapter.opId : null;
      if (entry.dependsOn !== dependsOn) {
        // Listed among what needs attention, by a number of its own.
        const opId = dependsOn === null ? entry.opId : (entry.opId ?? deps.createId());
        outbox.save({ ...entry, opId, dependsOn });
      }
      return null;
    }
  }

  const refused = refusedReference(values, outbox);
  if (refused !== null) {
    outbox.save({
      ...entry,
      // Its values stay those that were sent under this number, if it was sent.
      opId: entry.opId ?? deps.createId(),
      state: "quarantined",
      reason: "depends_on",
      error: null,
      dependsOn: refused.opId,
      quarantinedAt: deps.now().toISOString(),
    });
    return null;
  }
  const sent = send({ ...entry, dependsOn: null }, values, deps);
  if (adapter !== null) {
    outbox.add(entry.table, entry.rowId, "update", {
      columns: ["artifact_id"],
      baseVersion: entry.baseVersion,
    });
  }
  return sent;
}

/** The same operation as before when it says the same; what says something else is another one. */
function send(
  entry: OutboxEntry,
  values: Record<string, unknown>,
  { outbox, createId }: BatchDeps,
): OutboxEntry {
  const isSame = entry.opId !== null && isSameChange(entry.values, values);
  const sent: OutboxEntry = {
    ...entry,
    opId: isSame ? entry.opId : createId(),
    values,
    state: "sent",
    attempts: entry.attempts + 1,
    reason: null,
    error: null,
    quarantinedAt: null,
  };
  outbox.save(sent);
  return sent;
}

/** The refused insert of a row that these values name. */
function refusedReference(
  values: Record<string, unknown>,
  outbox: OutboxStore,
): OutboxEntry | null {
  for (const [column, table] of Object.entries(REFERENCES)) {
    const id = values[column];
    if (typeof id !== "string") continue;
    const insert = outbox.unansweredInsert(table, id);
    if (insert?.state === "quarantined") return insert;
  }
  return null;
}

function operationOf(entry: OutboxEntry, workstation: string): Operation {
  return {
    op_id: String(entry.opId),
    table: entry.table satisfies SyncTable,
    row_id: entry.rowId,
    action: entry.action,
    values: entry.values ?? {},
    ...(entry.baseVersion === null ? {} : { base_version: entry.baseVersion }),
    workstation,
  };
}
