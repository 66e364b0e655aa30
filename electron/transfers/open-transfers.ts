import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Handlers } from "../../shared/contract/contract.ts";
import { ElsewhereStore } from "../sync/elsewhere-store.ts";
import { discardMovedAdapter } from "./discard-moved-adapter.ts";
import { DownloadRuns } from "./download-run.ts";
import { keepAdapter } from "./keep-adapter.ts";
import { StorageClient } from "./storage-client.ts";
import { StorageLimits } from "./storage-limits.ts";
import { TakeBacks } from "./take-back.ts";
import { TeamRows } from "./team-rows-client.ts";
import { TransferNews } from "./transfer-news.ts";
import type { TransferParts } from "./transfer-parts.ts";
import { TransferQueue } from "./transfer-queue.ts";
import { type TransferMethod, TransferRequests } from "./transfer-requests.ts";
import { TransferStore } from "./transfer-store.ts";
import type { TransfersOptions } from "./transfers-options.ts";
import { UnsentRowsStore } from "./unsent-rows-store.ts";
import { UnwantedUploadsStore } from "./unwanted-uploads-store.ts";
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
  const unwanted = new UnwantedUploadsStore(options.store);
  const folder = join(options.homePath, "transfers");
  if (session === null) {
    const requests = new TransferRequests({
      ...options,
      store,
      news,
      unsent,
      unwanted,
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
    keepDataset: (row, path, about) =>
      options.keepDownloadedDataset(row, path, { isOwn: row.user_id === userId, ...about }),
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
  const waiting = { random: options.random ?? Math.random, sleep: options.sleep ?? sleepReally };
  const isPausedAtStart = options.isPausedAtStart ?? false;
  const queue = new TransferQueue(
    {
      ...waiting,
      parts,
      uploads,
      downloads,
      log,
      isHeld: (record) => takeBacks.isHeld(record),
    },
    isPausedAtStart,
  );
  const takeBacks = new TakeBacks(
    { ...waiting, store, news, unsent, unwanted, client, rows, queue, uploads, now, log },
    isPausedAtStart,
  );
  const requests = new TransferRequests({
    ...options,
    store,
    news,
    unsent,
    unwanted,
    folder,
    moving: { session, client, limits, rows, queue, uploads, downloads, takeBacks },
  });
  const wake = () => {
    queue.wake();
    takeBacks.wake();
  };
  return {
    requests: requests.handlers(),
    start() {
      store.setAllWaiting();
      store.removeUnplanned();
      for (const { path } of store.withLeftovers()) rmSync(path, { force: true });
      queue.open();
      requests.look();
    },
    look: () => requests.look(),
    wake,
    async setPaused(isPaused) {
      takeBacks.setPaused(isPaused);
      await queue.setPaused(isPaused);
    },
    async close() {
      requests.close();
      await takeBacks.close();
      await queue.close();
      await requests.settled();
    },
  };
}

async function sleepReally(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
