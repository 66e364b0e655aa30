import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { MetricsStore } from "../../../electron/jobs/metrics-store.ts";
import type { Store } from "../../../electron/store/open-store.ts";
import { openSync } from "../../../electron/sync/open-sync.ts";
import { enableSync } from "../../../electron/sync/outbox-adoption.ts";
import { createSupabaseTeamServer } from "../../../electron/sync/supabase-team-server.ts";
import type { TeamSession } from "../../../electron/sync/team-session.ts";
import { WORKSTATION } from "./fill-store.ts";

/**
 * The first sync of a filled file, with all that it takes: outbox, batches, answers, cursor, and
 * the feed read back.
 *
 * @returns how long it took until everything counted as synced.
 */
export async function pushStore(store: Store, session: TeamSession): Promise<number> {
  const metrics = new MetricsStore(store);
  const done = Promise.withResolvers<void>();
  const now = () => new Date();
  const beganMs = performance.now();
  enableSync(store, session);
  const sync = openSync({
    store,
    session,
    server: createSupabaseTeamServer({ session, fetch, now }),
    workstation: WORKSTATION,
    now,
    createId: randomUUID,
    random: Math.random,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    publish: (topic) => {
      if (topic !== "sync.changed") return;
      const { state, counts, lastError } = sync.status();
      if (lastError !== null) done.reject(new Error(lastError.message));
      else if (state === "idle" && counts.waiting + counts.waitingPoints === 0) done.resolve();
    },
    log: () => undefined,
    metricsRows: (jobId, from, to) => metrics.unnamedRows(jobId, from, to),
    onDesiredState: () => undefined,
  });
  try {
    sync.start();
    await done.promise;
    return performance.now() - beganMs;
  } finally {
    await sync.close();
  }
}
