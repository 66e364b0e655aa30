import { setTimeout as delay } from "node:timers/promises";
import type { Handlers, Method } from "../shared/contract/contract.ts";
import type { DatasetLibrary } from "./datasets/dataset-library.ts";
import type { Log } from "./home/core-log.ts";
import { MetricsStore } from "./jobs/metrics-store.ts";
import type { Jobs } from "./jobs/open-job-supervisor.ts";
import type { Notices } from "./notices/open-notices.ts";
import type { Store } from "./store/open-store.ts";
import { openElsewhere } from "./sync/open-elsewhere.ts";
import { openSync } from "./sync/open-sync.ts";
import { createSupabaseTeamServer } from "./sync/supabase-team-server.ts";
import { createSyncOff } from "./sync/sync-off.ts";
import type { TeamSession } from "./sync/team-session.ts";
import { openTeams } from "./teams/open-teams.ts";
import { openTransfers } from "./transfers/open-transfers.ts";
import { withoutAccount } from "./workspace/no-account.ts";
import { tellMerged } from "./workspace/tell-merged.ts";
import type { OpenAccount } from "./workspace/open-account.ts";
import type { PartsHub } from "./workspace/parts-hub.ts";

type TeamMethod = Extract<
  Method,
  `sync.${string}` | `transfers.${string}` | `elsewhere.${string}` | `teams.${string}`
>;

export interface SyncPartsOptions {
  homePath: string;
  store: Store;
  hub: PartsHub;
  workstation: string;
  now: () => Date;
  createId: () => string;
  log: Log;
  account: OpenAccount | null;
  datasets: DatasetLibrary;
  jobs: Jobs;
  notices: Notices;
}

export interface SyncParts {
  requests: Handlers<TeamMethod>;
  /** The session has ended, or a new one has begun. */
  sessionChanged(): void;
}

/** What ties the open file to its account's project; without an account there is nothing to tie. */
export function openSyncParts(
  options: SyncPartsOptions,
  closers: (() => void | Promise<void>)[],
): SyncParts {
  const { store, hub, now, log, account, datasets, jobs, notices } = options;
  const shared = { ...options, fetch, publish: hub.publish, random: Math.random, sleep };
  const transfersOf = (session: TeamSession | null, isPausedAtStart: boolean) =>
    openTransfers({
      ...shared,
      session,
      isPausedAtStart,
      findDatasetFile: (id) => datasets.findReady(id),
      findArtifact: (id) => jobs.requests["artifacts.get"]({ id }, "local"),
      // What is here now is not elsewhere any more.
      onArtifactKept: async ({ jobId }) => {
        const job = await jobs.requests["jobs.get"]({ id: jobId }, "local");
        hub.publish("jobs.changed", job, job.id);
        hub.publish("elsewhere.changed", {});
      },
      keepDownloadedDataset: async (row, path, about) => {
        const kept = await datasets.keepDownloaded({ row, path, ...about });
        hub.publish("elsewhere.changed", {});
        return kept;
      },
    });
  if (account === null) {
    const requests = {
      ...createSyncOff(store, now),
      ...transfersOf(null, false).requests,
      ...withoutAccount,
    };
    return { requests, sessionChanged: () => undefined };
  }

  const { session } = account;
  const metrics = new MetricsStore(store);
  const readers = { datasets: datasets.requests, jobs: jobs.requests, notices: notices.requests };
  const sync = openSync({
    ...shared,
    session,
    server: createSupabaseTeamServer({ session, fetch, now }),
    metricsRows: (jobId, fromStep, toStep) => metrics.unnamedRows(jobId, fromStep, toStep),
    onMerged: (changes) => {
      tellMerged(changes, hub.publish, readers).catch((error: unknown) =>
        log("Changes made elsewhere could not be told", { error: String(error) }),
      );
    },
    onDesiredState: async (id, state) => {
      if (state === "running") await jobs.requests["jobs.resume"]({ id }, "local");
      else {
        const wish = { id, mode: "checkpoint", graceSeconds: null } as const;
        await jobs.requests["jobs.stop"](wish, "local");
      }
    },
  });
  closers.push(() => sync.close());
  const transfers = transfersOf(session, sync.status().state === "paused");
  closers.push(() => transfers.close());
  const elsewhere = openElsewhere({
    ...shared,
    session,
    watch: (topic, watcher) => hub.watch(topic, watcher),
    syncNow: () => sync.now(),
  });
  closers.push(() => elsewhere.close());
  const onMembershipChanged = () => elsewhere.sharedChanged();
  const teams = openTeams({ session, fetch, onMembershipChanged });
  closers.push(() => teams.close());

  hub.subscribe("datasets.changed", ({ status }) => status === "ready" && transfers.look());
  hub.subscribe("artifacts.changed", () => transfers.look());
  // Files follow their rows.
  hub.subscribe("sync.changed", ({ state }) => state !== "syncing" && transfers.look());
  // What another machine asks of a run is answered once it is known how the run fares.
  let isOpen = true;
  closers.push(() => {
    isOpen = false;
  });
  jobs
    .caughtUp()
    .then(() => {
      if (!isOpen) return;
      sync.start();
      transfers.start();
    })
    .catch((error: unknown) => log("Sync could not begin", { error: String(error) }));
  return {
    requests: {
      ...sync.requests,
      "sync.pause": async (params, caller) => {
        await transfers.setPaused(params.isPaused);
        return sync.requests["sync.pause"](params, caller);
      },
      "sync.now": (params, caller) => {
        transfers.wake();
        return sync.requests["sync.now"](params, caller);
      },
      "sync.discard": async (params, caller) => {
        const done = await sync.requests["sync.discard"](params, caller);
        transfers.look();
        return done;
      },
      // Which uploads are due follows what is kept local.
      "sync.setKeepLocal": async (params, caller) => {
        const done = await sync.requests["sync.setKeepLocal"](params, caller);
        transfers.look();
        return done;
      },
      ...transfers.requests,
      ...elsewhere.requests,
      ...teams.requests,
    },
    sessionChanged: () => {
      sync.now();
      transfers.wake();
    },
  };
}

/** Ends early when the signal aborts. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
