import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Method, Publish } from "../../shared/contract/contract.ts";
import type { Store } from "../store/open-store.ts";
import { ProjectApi } from "../teams/project-api.ts";
import { type CurveSource, ownCurve, sharedCurve } from "./elsewhere-curve.ts";
import { deleteElsewhere } from "./elsewhere-deletion.ts";
import { ElsewhereCurves } from "./elsewhere-curves.ts";
import { ElsewhereRefresh } from "./elsewhere-refresh.ts";
import { listElsewhere } from "./elsewhere-rows.ts";
import { ElsewhereStore } from "./elsewhere-store.ts";
import { windowOf } from "./elsewhere-window.ts";
import { wishFor } from "./elsewhere-wish.ts";
import { OutboxStore } from "./outbox-store.ts";
import type { TeamSession } from "./team-session.ts";

const REFRESH_MS = 30_000;
const AT_MOST_EVERY_MS = 5000;

export interface OpenElsewhereOptions {
  store: Store;
  session: TeamSession;
  fetch: typeof fetch;
  publish: Publish;
  /** Tells whether anyone listens: only then what others share is read now and then. */
  watch: (topic: "elsewhere.changed", watcher: (isHeard: boolean) => void) => () => void;
  now: () => Date;
  createId: () => string;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** Begins a round of sync: something new is in the outbox. */
  syncNow: () => void;
  /** For tests: how often it is read. */
  timings?: { everyMs: number; atMostEveryMs: number };
}

export interface Elsewhere {
  requests: Handlers<Extract<Method, `elsewhere.${string}`>>;
  /** Rows of the account came with the feed. */
  merged(): void;
  /** What others show the account has changed in the project. */
  sharedChanged(): void;
  close(): Promise<void>;
}

/** What the account's project has that this machine has not: rows, curves, and wishes for jobs. */
export function openElsewhere(options: OpenElsewhereOptions): Elsewhere {
  const { session, fetch, publish, now, log } = options;
  const closing = new AbortController();
  const api = new ProjectApi({ session, fetch, signal: closing.signal });
  const store = new ElsewhereStore(options.store);
  const outbox = new OutboxStore(options.store);
  const curves = new ElsewhereCurves(now);
  const tell = () => publish("elsewhere.changed", {});
  const refresh = new ElsewhereRefresh({
    api,
    store,
    now,
    log,
    onChanged: tell,
    everyMs: REFRESH_MS,
    atMostEveryMs: AT_MOST_EVERY_MS,
    ...options.timings,
  });
  const unwatch = options.watch("elsewhere.changed", (isHeard) => refresh.setHeard(isHeard));

  function curveOf(jobId: string): CurveSource {
    if (store.statusOf(jobId, "own") !== null) return ownCurve(api, jobId);
    if (store.statusOf(jobId, "shared") !== null) return sharedCurve(api, jobId);
    throw new AppError(
      "not_found",
      "There is no such job on another machine any more, or it is no longer shared.",
    );
  }

  return {
    requests: {
      "elsewhere.list": () => {
        refresh.ask();
        return listElsewhere(store, log);
      },
      "elsewhere.refresh": async () => {
        await refresh.fresh();
        return null;
      },
      "elsewhere.metrics": async ({ jobId, pixels, ...range }) =>
        windowOf(await curves.read(jobId, curveOf(jobId)), pixels, range),
      "elsewhere.delete": (row) => {
        deleteElsewhere(row, options);
        options.syncNow();
        tell();
        return null;
      },
      "elsewhere.setDesiredState": async (wish) => {
        const isInOutbox = await wishFor(wish, { store, outbox, api });
        if (isInOutbox) options.syncNow();
        else refresh.again();
        tell();
        return null;
      },
    },
    merged: tell,
    sharedChanged: () => refresh.again(),
    close: async () => {
      unwatch();
      closing.abort(new AppError("cancelled", "The account was closed."));
      await refresh.close();
    },
  };
}
