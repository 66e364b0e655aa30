import type { Failure } from "../../shared/contract/errors.ts";
import type { DatasetStore } from "./dataset-store.ts";
import type { LibraryFilesStore } from "./library-files-store.ts";
import type { LibraryFolder } from "./library-folder.ts";

export const interrupted: Failure = {
  kind: "cancelled",
  message: "The import was interrupted when LoRA Desk ended; import the file again.",
};

interface Library {
  readonly store: DatasetStore;
  readonly files: LibraryFilesStore;
  readonly folder: LibraryFolder;
}

const KEPT_AFTER_DELETION_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Ends an import that will not come to its end: removes what it has written and rejects its row.
 * The file may be in its place already, if the process or the database failed just then.
 */
export function rejectImport(id: string, failure: Failure, at: string, library: Library): void {
  const { store, files, folder } = library;
  folder.discard(id);
  const sha256 = store.find(id)?.file?.sha256;
  if (sha256 !== undefined && !files.isUsedByOthers(sha256, id)) folder.purge(sha256);
  store.setRejected(id, failure, { rejected: 0, rejections: [] }, at);
}

/**
 * At the start: rejects the imports that an earlier process did not finish, and removes files whose
 * datasets were all deleted more than 30 days ago, unless a job was made from one of them.
 */
export function tidyLibrary(
  library: Library & {
    now: () => Date;
    log: (message: string, details?: Record<string, unknown>) => void;
  },
): void {
  const { store, files, folder, now, log } = library;
  for (const { dataset } of store.importing()) {
    rejectImport(dataset.id, interrupted, now().toISOString(), library);
    log("Interrupted import rejected", { id: dataset.id, file: dataset.fileName });
  }
  folder.discardAll();
  const deletedBefore = new Date(now().getTime() - KEPT_AFTER_DELETION_DAYS * DAY_MS).toISOString();
  for (const sha256 of files.unused(deletedBefore)) {
    folder.purge(sha256);
    files.forget(sha256);
    log("Deleted dataset purged", { sha256 });
  }
}
