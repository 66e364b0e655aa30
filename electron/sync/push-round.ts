import { type BatchDeps, takeBatch } from "./outbox-batch.ts";
import type { MergedChange } from "./merge-row.ts";
import { type AnswerDeps, takeAnswers } from "./push-answers.ts";
import { quarantine } from "./quarantine-entry.ts";
import { type Answer, ServerFault, type TeamServer } from "./team-server.ts";

export interface PushDeps extends BatchDeps, AnswerDeps {
  server: TeamServer;
  /** After the answers to a batch are stored. */
  onAnswers: (merged: MergedChange[]) => void;
  mayGoOn: () => boolean;
}

const MOST_OPERATIONS = 500;

/**
 * Sends what waits until nothing does. A batch that is refused as a whole is halved until the
 * operation stands alone that the server does not take.
 *
 * @returns whether anything was sent.
 */
export async function pushAll(deps: PushDeps, signal: AbortSignal): Promise<boolean> {
  let limit = MOST_OPERATIONS;
  let unnamed = 0;
  let hasSent = false;
  while (deps.mayGoOn()) {
    const { entries, operations } = takeBatch(deps, limit);
    if (entries.length === 0) return hasSent;
    hasSent = true;
    let answers: Answer[];
    try {
      answers = await deps.server.pushChanges(operations, signal);
    } catch (error) {
      if (!(error instanceof ServerFault) || error.kind !== "refused") throw error;
      if (entries.length > 1) {
        limit = Math.ceil(entries.length / 2);
        continue;
      }
      // Where even an empty batch is refused, it is not for what is in it.
      await deps.server.pushChanges([], signal);
      deps.outbox.transaction(() => {
        for (const { opId } of entries) {
          const entry = opId === null ? null : deps.outbox.findOperation(opId);
          const why = { reason: "refused", error: error.message, dependsOn: null };
          if (entry !== null) quarantine(entry, why, deps);
        }
      });
      deps.onAnswers([]);
      continue;
    }
    signal.throwIfAborted();
    deps.onAnswers(takeAnswers(entries, answers, deps));
    // An answer that names none of what was sent would be asked for again without end.
    const named = new Set(answers.map(({ op_id: opId }) => opId));
    unnamed = operations.some(({ op_id: opId }) => named.has(opId)) ? 0 : unnamed + 1;
    if (unnamed > 2) throw new ServerFault("unreachable", "The project's answer is incomplete.");
    limit = Math.min(MOST_OPERATIONS, limit * 2);
  }
  return hasSent;
}
