import type { DownloadRow } from "./download-plan.ts";
import type { StorageClient } from "./storage-client.ts";
import type { StorageLimits } from "./storage-limits.ts";
import type { TeamRows } from "./team-rows-client.ts";
import type { TransferNews } from "./transfer-news.ts";
import type { TransferRecord, TransferTable } from "./transfer-record.ts";
import type { TransferStore } from "./transfer-store.ts";

/** What uploads and downloads work with. */
export interface TransferParts {
  readonly store: TransferStore;
  readonly news: TransferNews;
  readonly client: StorageClient;
  readonly limits: StorageLimits;
  readonly rows: TeamRows;
  readonly createId: () => string;
  /** Writes where a row's file is, so that it is synced; joins the transaction under way. */
  readonly setStoragePath: (table: TransferTable, id: string, path: string) => void;
  /**
   * Takes a file in, verified, among this machine's own; `copyId` names the dataset that a
   * colleague's becomes here, so that doing it again makes no second one.
   */
  readonly keepDataset: (
    row: DownloadRow<"datasets">,
    path: string,
    about: { copyId: string; signal: AbortSignal },
  ) => Promise<unknown>;
  /** Takes the folder, which moves away, with the rows that belong to the adapter. */
  readonly keepArtifact: (
    row: DownloadRow<"model_artifacts">,
    folder: string,
    signal: AbortSignal,
  ) => Promise<unknown>;
  /** Removes what `keepArtifact` has moved and written no rows for. */
  readonly discardArtifact: (manifest: TransferRecord) => Promise<void>;
}
