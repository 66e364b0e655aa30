import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { JobTransition } from "../../shared/contract/jobs.ts";
import type { Notice, NoticeHooks } from "../../shared/contract/notifications.ts";
import { JobStore } from "../jobs/job-store.ts";
import type { Store } from "../store/open-store.ts";
import { datasetNotice } from "./dataset-notices.ts";
import { DeliveryStore } from "./delivery-store.ts";
import type { HookAnswer } from "./hook-answer.ts";
import { jobNotices } from "./job-notices.ts";
import { NoticeCourier } from "./notice-courier.ts";
import type { NoticeDraft } from "./notice-draft.ts";
import { type Hook, hooksOf } from "./notice-hook.ts";
import { isAtLeast } from "./notice-priority.ts";
import { createNoticeRequests, type NoticeMethod } from "./notice-requests.ts";
import { NoticeStore } from "./notice-store.ts";
import { runCommand } from "./run-command.ts";
import { sendWebhook } from "./send-webhook.ts";

export interface Notices {
  readonly requests: Handlers<NoticeMethod>;
  /**
   * Tells of an event, once however often it is called. Inside a transaction of the store it is
   * part of that: what is rolled back was never told.
   */
  add(draft: NoticeDraft): void;
  /** For the changes of a job's status, in the transaction that makes them. */
  addOfJob(jobId: string, transitions: readonly JobTransition[]): void;
  /** For the end of an import, likewise. */
  addOfDataset(dataset: Dataset): void;
  /** Resolves when what was told until now has been published and tried at the hooks. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface NoticesOptions {
  store: Store;
  publish: Publish;
  hooks: () => NoticeHooks;
  setHooks: (hooks: NoticeHooks) => void;
  /** Where a command hook runs. */
  homePath: string;
  now: () => Date;
  createId: () => string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** A stop that is part of something else which is told by itself. */
  isSilent?: (jobId: string, transition: JobTransition) => boolean;
  send?: (hook: Hook, notice: Notice, signal: AbortSignal) => Promise<HookAnswer>;
}

/**
 * The list of notices, and the hooks that hear of them.
 *
 * In the list every event stands exactly once: its id follows from the event, and it is written in
 * the transaction that the event is. Hooks hear of it at least once, with the same Idempotency-Key
 * at every try; see `NoticeCourier`.
 */
export function openNotices(options: NoticesOptions): Notices {
  const { store, publish, hooks, now, log, homePath } = options;
  const notices = new NoticeStore(store);
  const deliveries = new DeliveryStore(store);
  const jobs = new JobStore(store);
  const send =
    options.send ??
    ((hook, notice, signal) =>
      hook.kind === "command"
        ? runCommand(hook.command, notice, signal, { cwd: homePath })
        : sendWebhook(hook, notice, signal));
  const closing = new AbortController();
  const courier = new NoticeCourier({
    deliveries,
    findNotice: (id) => notices.find(id),
    hooks: () => hooksOf(hooks()),
    send,
    now,
    log,
  });
  let unpublished: string[] = [];

  /** A transaction never awaits, so by then it is committed or rolled back. */
  const publishLater = (id: string): void => {
    unpublished.push(id);
    if (unpublished.length > 1) return;
    queueMicrotask(() => {
      const ids = unpublished;
      unpublished = [];
      if (closing.signal.aborted) return;
      for (const notice of ids.map((each) => notices.find(each))) {
        if (notice !== null) publish("notices.added", notice);
      }
      courier.wake();
    });
  };

  const add = (draft: NoticeDraft): void => {
    store.transaction(() => {
      const notice = notices.insert(draft);
      if (notice === null) return;
      const present = hooks();
      if (isAtLeast(notice.priority, present.leastPriority)) {
        const dueAt = now().toISOString();
        for (const { id } of hooksOf(present)) deliveries.insert(notice.id, id, dueAt);
      }
      publishLater(notice.id);
    });
  };

  courier.wake();
  return {
    requests: createNoticeRequests({
      ...options,
      notices,
      send: (hook, notice) => send(hook, notice, closing.signal),
    }),
    add,
    addOfJob(jobId, transitions) {
      const told = transitions.filter((each) => options.isSilent?.(jobId, each) !== true);
      const record = told.length === 0 ? null : jobs.find(jobId);
      if (record !== null) for (const draft of jobNotices(record, told)) add(draft);
    },
    addOfDataset(dataset) {
      const draft = datasetNotice(dataset);
      if (draft !== null) add(draft);
    },
    async settled() {
      await Promise.resolve();
      await courier.settled();
    },
    async close() {
      closing.abort();
      await courier.close();
    },
  };
}
