import type { Publish } from "../../shared/contract/contract.ts";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Store } from "../store/open-store.ts";
import type { TeamSession } from "../sync/team-session.ts";
import type { DownloadRuns } from "./download-run.ts";
import type { TakeBacks } from "./take-back.ts";
import type { StorageClient } from "./storage-client.ts";
import type { StorageLimits } from "./storage-limits.ts";
import type { TeamRows } from "./team-rows-client.ts";
import type { TransferNews } from "./transfer-news.ts";
import type { TransferParts } from "./transfer-parts.ts";
import type { TransferQueue } from "./transfer-queue.ts";
import type { TransferStore } from "./transfer-store.ts";
import type { UnsentRowsStore } from "./unsent-rows-store.ts";
import type { UnwantedUploadsStore } from "./unwanted-uploads-store.ts";
import type { DatasetSource } from "./upload-plan.ts";
import type { UploadRuns } from "./upload-run.ts";

export interface TransfersOptions {
  store: Store;
  /** Null where no account is open: there is nothing to move then, and `start` does nothing. */
  session: TeamSession | null;
  homePath: string;
  fetch: typeof fetch;
  now: () => Date;
  createId: () => string;
  publish: Publish;
  log: (message: string, details?: Record<string, unknown>) => void;
  /** @throws AppError when it has no file here. */
  findDatasetFile: (id: string) => DatasetSource;
  /** @throws AppError `not_found`. */
  findArtifact: (id: string) => Artifact | Promise<Artifact>;
  keepDownloadedDataset: (
    downloaded: Parameters<TransferParts["keepDataset"]>[0],
    path: string,
    about: { isOwn: boolean; copyId: string; signal: AbortSignal },
  ) => Promise<unknown>;
  /** An adapter of another machine stands among this one's own, with its job. */
  onArtifactKept?: (artifact: Artifact) => unknown;
  isPausedAtStart?: boolean;
  random?: () => number;
  /** Resolves after a while, or at once when `signal` aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** After so long without a byte a connection counts as dead. */
  stallMs?: number;
}

export interface TransferRequestsOptions extends Pick<
  TransfersOptions,
  "createId" | "log" | "findDatasetFile" | "findArtifact"
> {
  store: TransferStore;
  news: TransferNews;
  unsent: UnsentRowsStore;
  unwanted: UnwantedUploadsStore;
  folder: string;
  /** Null where no account is open. */
  moving: Moving | null;
}

/** What there is only with an account. */
export interface Moving {
  session: TeamSession;
  client: StorageClient;
  limits: StorageLimits;
  rows: TeamRows;
  queue: TransferQueue;
  uploads: UploadRuns;
  downloads: DownloadRuns;
  takeBacks: TakeBacks;
}
