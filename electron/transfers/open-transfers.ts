import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Handlers } from "../../shared/contract/contract.ts";
import { ElsewhereStore } from "../sync/elsewhere-store.ts";
import { discardMovedAdapter } from "./discard-moved-adapter.ts";
import { DownloadRuns } from "./download-run.ts";
import { keepAdapter } from "./keep-adapter.ts";
import { StorageClient } from "./storage-client.ts";
import { StorageLimits } from "./storage-limits.ts";
import { TeamRows } from "./team-rows-client.ts";
import { TransferNews } from "./transfer-news.ts";
import type { TransferParts } from "./transfer-parts.ts";
import { TransferQueue } from "./transfer-queue.ts";
import { type TransferMethod, TransferRequests } from "./transfer-requests.ts";
import { TransferStore } from "./transfer-store.ts";
import type { TransfersOptions } from "./transfers-options.ts";
import { UnsentRowsStore } from "./unsent-rows-store.ts";
import { UploadRuns } from "./upload-run.ts";

export interface Transfers {
  readonly requests: Handlers<TransferMethod>;
  /** Goes on with what an earlier process left, and begins what has never been stored. */
  start(): void;
  /** Something may have become ready, or been kept local or deleted: looks which uploads are due. */
  look(): void;
  /** The network or the session is back: everything that waits is tried now. */
  wake(): void;
  setPaused(isPaused: boolean): Promise<void>;
  /** Stops what is moving; the next `start` goes on from there. */
  close(): Promise<void>;
}

/** Moves the files of datasets and adapters to and from the buckets of the account's project. */
export function openTransfers(options: TransfersOptions): Transfers {
  const { session, log, now, createId } = options;
  const store = new TransferStore(options.store, now);
  const news = new TransferNews(store, options.publish, () => performance.now());
  const unsent = new UnsentRowsStore(options.store);
  const folder = join(options.homePath, "transfers");
  if (session === null) {
    const requests = new TransferRequests({
      ...options,
      store,
      news,
      unsent,
      folder,
      moving: null,
    });
    return {
      requests: requests.handlers(),
      start: () => undefined,
      look: () => undefined,
      wake: () => undefined,
      setPaused: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
  const { userId } = session;
  const client = new StorageClient(session, options.fetch, options.stallMs);
  const limits = new StorageLimits(client);
  const rows = new TeamRows(client, session.projectUrl, new ElsewhereStore(options.store));
  const parts: TransferParts = {
    store,
    news,
    client,
    limits,
    rows,
    createId,
    setStoragePath: (table, id, path) =>
      unsent.setStoragePath(table, id, path, now().toISOString()),
    keepDataset: (row, path, signal) =>
      options.keepDownloadedDataset(row, path, { isOwn: row.user_id === userId, signal }),
    keepArtifact: async (artifact, from, signal) => {
      const runsPath = join(options.homePath, "runs");
      const target = { store: options.store, rows, runsPath, userId };
      await keepAdapter({ artifact, folder: from, signal }, target);
      const kept = await options.findArtifact(artifact.id);
      options.publish("artifacts.changed", kept, kept.id);
      await options.onArtifactKept?.(kept);
    },
    discardArtifact: (manifest) =>
      discardMovedAdapter(manifest, {
        store: options.store,
        runsPath: join(options.homePath, "runs"),
      }),
  };
  const uploads = new UploadRuns(parts);
  const downloads = new DownloadRuns(parts);
  const queue = new TransferQueue(
    {
      parts,
      uploads,
      downloads,
      log,
      random: options.random ?? Math.random,
      sleep: options.sleep ?? sleepReally,
    },
    options.isPausedAtStart ?? false,
  );
  const requests = new TransferRequests({
    ...options,
    store,
    news,
    unsent,
    folder,
    moving: { session, client, limits, rows, queue, uploads, downloads },
  });
  return {
    requests: requests.handlers(),
    start() {
      store.setAllWaiting();
      queue.open();
      requests.look();
    },
    look: () => requests.look(),
    wake: () => queue.wake(),
    setPaused: (isPaused) => queue.setPaused(isPaused),
    async close() {
      requests.close();
      await queue.close();
      await requests.settled();
    },
  };
}

async function sleepReally(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
