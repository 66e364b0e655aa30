import { type BatchDeps, takeBatch } from "./outbox-batch.ts";
import { describeLoneFailure, type LoneFailures } from "./lone-failures.ts";
import type { MergedChange } from "./merge-row.ts";
import type { OutboxEntry } from "./outbox-entry.ts";
import { type AnswerDeps, takeAnswers } from "./push-answers.ts";
import { quarantine } from "./quarantine-entry.ts";
import type { RequestSize } from "./request-size.ts";
import { type Answer, type Operation, ServerFault, type TeamServer } from "./team-server.ts";

export interface PushDeps extends BatchDeps, AnswerDeps {
  server: TeamServer;
  /** Of operations in a request; stays small after a failure, from one round to the next. */
  operationsAtOnce: RequestSize;
  loneFailures: LoneFailures;
  /** Operations that are not done for certain: all requests with them were refused as a whole. */
  surelyUndone: Set<string>;
  /** After the answers to a batch are stored, or a change was set aside. */
  onAnswers: (merged: MergedChange[]) => void;
  mayGoOn: () => boolean;
}

/**
 * Sends what waits until nothing does. A batch that is refused as a whole is halved until the
 * operation stands alone that the server does not take; after a failure the next try is with half
 * as much.
 *
 * @returns whether anything was sent.
 */
export async function pushAll(deps: PushDeps, signal: AbortSignal): Promise<boolean> {
  const { operationsAtOnce: size, loneFailures, surelyUndone } = deps;
  let limit = size.most;
  let unnamed = 0;
  let hasSent = false;
  while (deps.mayGoOn()) {
    const { entries, operations, fresh } = takeBatch(deps, Math.min(limit, size.now));
    const [first] = operations;
    for (const opId of fresh) surelyUndone.add(opId);
    if (first === undefined) return hasSent;
    hasSent = true;
    let answers: Answer[];
    try {
      answers = await deps.server.pushChanges(operations, signal);
    } catch (error) {
      if (!isSurelyUndone(error)) forget(operations, surelyUndone);
      if (!(error instanceof ServerFault)) throw error;
      if (error.kind === "refused" && entries.length > 1) {
        limit = Math.ceil(entries.length / 2);
        continue;
      }
      const probe = () => deps.server.pushChanges([], signal);
      if (error.kind === "refused") {
        // Where even an empty batch is refused, it is not for what is in it.
        await probe();
        setAside(entries, "refused", error.message, deps);
        continue;
      }
      if (error.isOfRequest) size.failed(entries.length);
      const isAlone = entries.length === 1;
      if (!isAlone || !(await loneFailures.isHopeless(first.op_id, error, probe))) throw error;
      setAside(entries, "unanswered", describeLoneFailure(error), deps);
      continue;
    }
    forget(operations, surelyUndone);
    signal.throwIfAborted();
    const merged = takeAnswers(entries, answers, deps);
    const named = new Set(answers.map(({ op_id: opId }) => opId));
    if (!operations.some(({ op_id: opId }) => named.has(opId))) {
      // An answer that names none of what was sent would be asked for again without end.
      unnamed += 1;
      if (unnamed > 2) throw new ServerFault("unreachable", "The project's answer is incomplete.");
      continue;
    }
    unnamed = 0;
    deps.onAnswers(merged);
    for (const { op_id: opId } of operations) loneFailures.forget(opId);
    size.succeeded(entries.length);
    limit = Math.min(size.most, limit * 2);
  }
  return hasSent;
}

/** Refused before it was looked at, or never there at all. */
function isSurelyUndone(error: unknown): boolean {
  if (!(error instanceof ServerFault)) return false;
  const isCutOff = error.kind === "unreachable" && !error.isOfRequest;
  return error.kind === "refused" || error.kind === "unauthorised" || isCutOff;
}

function forget(operations: readonly Operation[], surelyUndone: Set<string>): void {
  for (const { op_id: opId } of operations) surelyUndone.delete(opId);
}

function setAside(
  entries: readonly OutboxEntry[],
  reason: string,
  error: string,
  deps: PushDeps,
): void {
  deps.outbox.transaction(() => {
    for (const { opId } of entries) {
      const entry = opId === null ? null : deps.outbox.findOperation(opId);
      if (entry === null) continue;
      const isUndone = deps.surelyUndone.delete(String(opId));
      const known = isUndone ? { ...entry, values: null } : entry;
      quarantine(known, { reason, error, dependsOn: null }, deps);
    }
  });
  deps.onAnswers([]);
}
