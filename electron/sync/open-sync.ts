import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { SyncStatus } from "../../shared/contract/sync.ts";
import type { Store } from "../store/open-store.ts";
import type { OnDesiredState } from "./merge-desired-state.ts";
import { OverwrittenStore } from "./merge-overwritten-store.ts";
import { type MergedChange, RowMerger } from "./merge-row.ts";
import { MetricsPushStore } from "./metrics-push-store.ts";
import { MOST_BLOCKS } from "./metrics-push.ts";
import { ConfirmedStore } from "./mirror-confirmed-store.ts";
import { MirrorStore } from "./mirror-store.ts";
import { LoneFailures } from "./lone-failures.ts";
import { MOST_OPERATIONS } from "./outbox-batch.ts";
import { OutboxStore } from "./outbox-store.ts";
import { release } from "./quarantine-entry.ts";
import { RequestSize } from "./request-size.ts";
import { SyncLoop } from "./sync-loop.ts";
import { createSyncRequests, type SyncMethod } from "./sync-requests.ts";
import { syncRound } from "./sync-round.ts";
import type { CurvePoint, TeamServer } from "./team-server.ts";
import type { TeamSession } from "./team-session.ts";

export interface OpenSyncOptions {
  /** The account's own file, made its own by `enableSync`. */
  store: Store;
  session: TeamSession;
  server: TeamServer;
  /** This machine's name, as its jobs carry it. */
  workstation: string;
  now: () => Date;
  createId: () => string;
  /** From 0 to 1. */
  random: () => number;
  /** Resolves after that time, or early when the signal aborts; a rejection then does no harm. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  publish: Publish;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** The points of a job from one step to another (inclusive), in the order of their steps. */
  metricsRows: (jobId: string, fromStep: number, toStep: number) => readonly CurvePoint[];
  /** Rows of this machine that others have changed; after the transaction that wrote them. */
  onMerged?: (changes: readonly MergedChange[]) => void;
  /** Another machine asks for this of a job of this one. */
  onDesiredState: OnDesiredState;
  /** Overrides what the file remembers. */
  isPausedAtStart?: boolean;
}

export interface Sync {
  readonly requests: Handlers<SyncMethod>;
  start(): void;
  /** Begins a round now: by the user, or on a hint that the project has something new. */
  now(): void;
  status(): SyncStatus;
  /** Resolves when nothing of it is under way any more. */
  close(): Promise<void>;
}

/** Of the feed in a page. */
const MOST_ENTRIES = 500;

/** Keeps one account's file and its project in step. */
export function openSync(options: OpenSyncOptions): Sync {
  const { store, workstation, now, log, publish } = options;
  const outbox = new OutboxStore(store);
  const mirror = new MirrorStore(store);
  const confirmed = new ConfirmedStore(store);
  const overwritten = new OverwrittenStore(store);
  const metrics = new MetricsPushStore(store);
  const merger = new RowMerger({ store, outbox, confirmed, overwritten, workstation, now, log });
  const parts = { outbox, mirror, confirmed, overwritten, metrics, merger };
  const tellMerged = (changes: readonly MergedChange[]) => {
    if (changes.length > 0) options.onMerged?.(changes);
  };

  const pace = {
    entriesAtOnce: new RequestSize(MOST_ENTRIES),
    operationsAtOnce: new RequestSize(MOST_OPERATIONS),
    blocksAtOnce: new RequestSize(MOST_BLOCKS),
    loneFailures: new LoneFailures(),
    surelyUndone: new Set<string>(),
  };

  const loop = new SyncLoop({
    ...options,
    metrics,
    hasWaiting: () => outbox.hasWaiting() || metrics.unsent(1).length > 0,
    onStatus: (status) => publish("sync.changed", status),
    round: (signal, mayGoOn) =>
      syncRound(
        {
          ...options,
          ...parts,
          ...pace,
          mayGoOn,
          onAnswers: (merged) => {
            tellMerged(merged);
            loop.noteProgress();
          },
          onPointsTaken: () => loop.noteProgress(),
          onPage: ({ entries, merged }) => {
            tellMerged(merged);
            if (entries.length > 0) publish("elsewhere.changed", {});
          },
        },
        signal,
      ),
  });

  const syncNow = () => {
    metrics.forgetRefusals();
    outbox.transaction(() => {
      for (const entry of outbox.quarantined()) {
        if (entry.reason === "unanswered") release(entry, outbox);
      }
    });
    loop.wake();
  };
  return {
    requests: createSyncRequests({
      store,
      workstation,
      now,
      onElsewhere: () => publish("elsewhere.changed", {}),
      status: () => loop.status(),
      syncNow,
      setPaused: (isPaused) => loop.setPaused(isPaused),
      onEdited: (table, rowId, columns) => tellMerged([{ table, rowId, columns, isGone: false }]),
      onChanged: () => {
        loop.tellProgress();
        loop.wake();
      },
    }),
    start: () => loop.start(),
    now: syncNow,
    status: () => loop.status(),
    close: () => loop.close(),
  };
}
