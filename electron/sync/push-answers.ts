import { isSameValue } from "./outbox-columns.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import type { OutboxStore } from "./outbox-store.ts";
import type { MergedChange, RowMerger } from "./merge-row.ts";
import type { ConfirmedStore } from "./mirror-confirmed-store.ts";
import type { MirrorStore } from "./mirror-store.ts";
import type { OverwrittenStore } from "./merge-overwritten-store.ts";
import { insertOfReference, joinLater, quarantine } from "./quarantine-entry.ts";
import type { Answer } from "./team-server.ts";

export interface AnswerDeps {
  outbox: OutboxStore;
  confirmed: ConfirmedStore;
  mirror: MirrorStore;
  overwritten: OverwrittenStore;
  merger: RowMerger;
  createId: () => string;
  now: () => Date;
}

/** A repeat of an update that is answered without a version has crossed itself on its way. */
const MOST_REPEATS = 3;

/**
 * Takes in what the server answered for a batch, in one transaction: only what it named leaves the
 * outbox.
 */
export function takeAnswers(
  entries: readonly OutboxEntry[],
  answers: readonly Answer[],
  deps: AnswerDeps,
): MergedChange[] {
  const byOperation = new Map(answers.map((answer) => [answer.op_id, answer]));
  return deps.outbox.transaction(() => {
    const merged: MergedChange[] = [];
    for (const sent of entries) {
      const { opId } = sent;
      const answer = opId === null ? undefined : byOperation.get(opId);
      // The row may have been deleted meanwhile, which changes nothing about a sent entry.
      const entry = opId === null ? null : deps.outbox.findOperation(opId);
      if (answer === undefined || entry === null) continue;
      merged.push(
        ...(answer.outcome === "rejected"
          ? refuse(entry, answer, deps)
          : accept(entry, answer, deps)),
      );
    }
    return merged;
  });
}

function accept(
  entry: OutboxEntry,
  answer: Extract<Answer, { outcome: "applied" | "duplicate" }>,
  deps: AnswerDeps,
): MergedChange[] {
  const { outbox, confirmed, mirror } = deps;
  const isUnknown =
    answer.outcome === "duplicate" &&
    answer.version === undefined &&
    entry.action !== "delete" &&
    entry.table !== "cost_records" &&
    entry.table !== "notifications";
  if (isUnknown && entry.attempts < MOST_REPEATS) {
    outbox.save({ ...entry, attempts: entry.attempts + 1 });
    return [];
  }
  if (answer.outcome === "applied" && answer.overwrote !== undefined) {
    noteOverwritten(entry, answer.overwrote, deps);
  }
  outbox.remove(entry.seq);
  if (entry.action === "delete") return [];
  // Another operation had brought it there, perhaps before it was read here.
  const isOther = answer.outcome === "duplicate" && answer.version === undefined;
  const isReadInsert = entry.action === "insert" && entry.values?.["read"] === true;
  if (entry.table === "notifications" && isOther && isReadInsert) {
    outbox.add(entry.table, entry.rowId, "update", { columns: ["read"] });
  }
  confirmed.put(entry.table, entry.rowId, answer.version ?? null, entry.opId, entry.values ?? {});
  // Somebody changed the row after this operation, and that has been pulled while it waited.
  const known = mirror.find(entry.table, entry.rowId);
  const isOvertaken =
    known !== null && answer.version !== undefined && known.version > answer.version;
  return isOvertaken ? deps.merger.merge(known) : [];
}

/** What the machine itself had sent before was not lost to anybody. */
function noteOverwritten(
  entry: OutboxEntry,
  overwrote: Record<string, unknown>,
  { confirmed, overwritten, now }: AnswerDeps,
): void {
  const own = confirmed.find(entry.table, entry.rowId)?.names ?? {};
  for (const [column, lost] of Object.entries(overwrote)) {
    if (column in own && isSameValue(entry.table, column, own[column], lost)) continue;
    overwritten.add({
      table: entry.table,
      rowId: entry.rowId,
      column,
      lost,
      kept: entry.values?.[column] ?? null,
      at: now().toISOString(),
    });
  }
}

function refuse(
  entry: OutboxEntry,
  answer: Extract<Answer, { outcome: "rejected" }>,
  deps: AnswerDeps,
): MergedChange[] {
  const { reason, message } = answer;
  if (entry.action === "delete" && (reason === "not_found" || reason === "deleted")) {
    deps.outbox.remove(entry.seq);
    return [];
  }
  if (reason === "other_workstation" && entry.action === "insert") {
    // Its own machine has brought it there already, and what that says of it holds here too.
    deps.outbox.remove(entry.seq);
    const known = deps.mirror.find(entry.table, entry.rowId);
    return known === null ? [] : deps.merger.merge(known);
  }
  const isOfAnother = reason === "missing_reference" && entry.action === "insert";
  if (isOfAnother && deps.outbox.isRowKept(entry.table, entry.rowId)) {
    // What it belongs to was given up meanwhile, and is kept local with it.
    for (const { seq } of deps.outbox.ofRow(entry.table, entry.rowId)) deps.outbox.remove(seq);
    return [];
  }
  const first = reason === "missing_reference" ? insertOfReference(entry, deps.outbox) : null;
  if (first?.state === "quarantined") {
    quarantine(entry, { reason: "depends_on", error: null, dependsOn: first.opId }, deps);
  } else if (first !== null) {
    // It overtook the row that it names, which is still on its way.
    const joined = joinLater(entry, deps.outbox);
    if (joined !== null) deps.outbox.save({ ...joined, state: "pending" });
  } else {
    quarantine(entry, { reason, error: message, dependsOn: null }, deps);
  }
  return [];
}
