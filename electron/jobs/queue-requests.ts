import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { JobLedger } from "./job-ledger.ts";
import { moveInQueue, type QueuePlace } from "./queue-order.ts";
import type { QueueStore } from "./queue-store.ts";
import type { JobSupervisor } from "./job-supervisor.ts";

export type QueueMethod = "queue.get" | "queue.pause" | "queue.resume" | "queue.move";

export interface QueueRequestsOptions {
  ledger: JobLedger;
  queue: QueueStore;
  supervisor: JobSupervisor;
}

export function createQueueRequests(options: QueueRequestsOptions): Handlers<QueueMethod> {
  const { ledger, queue, supervisor } = options;
  const setPaused = async (isPaused: boolean) => {
    queue.setPaused(isPaused);
    await supervisor.replan();
    return supervisor.queue();
  };
  return {
    "queue.get": () => supervisor.queue(),
    "queue.pause": () => setPaused(true),
    "queue.resume": () => setPaused(false),
    "queue.move": async ({ id, beforeId }) => {
      const places = ledger
        .listUnfinished()
        .flatMap(({ id: jobId, accounting, queueRank, state }) => {
          if (state.status !== "queued") return [];
          const { hasPriority, queuedAt } = state;
          const place: QueuePlace & { accounting: typeof accounting } = {
            id: jobId,
            hasPriority,
            priority: accounting.priority,
            queueRank,
            queuedAt,
            accounting,
          };
          return [place];
        });
      const arranged = moveInQueue(places, id, beforeId);
      if (arranged === null) {
        const known = [id, ...(beforeId === null ? [] : [beforeId])].map((one) => ledger.get(one));
        const missing = known.find(({ state }) => state.status !== "queued");
        throw new AppError(
          "conflict",
          `“${missing?.name ?? id}” is not in the queue (it is ${missing?.state.status ?? "not known"}): only queued jobs can be moved.`,
        );
      }
      ledger.arrange(arranged);
      await supervisor.replan();
      return supervisor.queue();
    },
  };
}
