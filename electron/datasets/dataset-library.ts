import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Dataset, DatasetFormat } from "../../shared/contract/datasets.ts";
import type { Store } from "../store/open-store.ts";
import { deletionOfDataset } from "../sync/deletion-reach-store.ts";
import { copyRows } from "./copy-rows.ts";
import {
  type DatasetMethod,
  datasetRequests,
  type DatasetRequestsOptions,
  readyFile,
} from "./dataset-requests.ts";
import { DatasetStore } from "./dataset-store.ts";
import { writeDownloaded } from "./downloaded-store.ts";
import { type ImportLimits, importLimits } from "./import-limits.ts";
import { Imports } from "./imports.ts";
import { type DownloadedDataset, keepDownloaded } from "./keep-downloaded.ts";
import { LibraryFilesStore } from "./library-files-store.ts";
import { LibraryFolder } from "./library-folder.ts";
import { tidyLibrary } from "./tidy-library.ts";

export interface DatasetLibraryOptions {
  readonly store: Store;
  readonly homePath: string;
  readonly publish: Publish;
  readonly now: () => Date;
  readonly createId: () => string;
  readonly log: (message: string, details?: Record<string, unknown>) => void;
  readonly resolveFile: DatasetRequestsOptions["resolveFile"];
  readonly samplePath: string;
  /** Where a bundle keeps `import-worker`; from source it is found by itself. */
  readonly workerUrl?: URL;
  readonly limits?: ImportLimits;
  /** Hears of the end of each import, in the transaction that writes it. */
  readonly onImportEnd?: (dataset: Dataset) => void;
  /** Whether another account of this machine, with a file of its own, has a dataset of these bytes. */
  readonly isNamedByOthers?: (sha256: string) => boolean;
}

export interface DatasetFile {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly format: DatasetFormat;
  readonly sha256: string;
}

export interface DatasetLibrary {
  readonly requests: Handlers<DatasetMethod>;
  /**
   * The file to train on, also of a deleted dataset that jobs were made from.
   *
   * @throws AppError `not_found`, or `conflict` while it is not ready.
   */
  findReady(id: string): DatasetFile;
  /**
   * Writes accepted rows, numbered as in the preview, to a file in `folder`.
   *
   * @throws AppError `not_found` for a row that is not there.
   */
  copyRows(
    id: string,
    rows: readonly number[],
    folder: string,
  ): Promise<{ path: string; sha256: string }>;
  /** Whether its file is in the library. */
  hasFile(id: string): boolean;
  /** Takes in what was downloaded from the team's storage (see keep-downloaded). */
  keepDownloaded(downloaded: DownloadedDataset): Promise<Dataset>;
  /** Ends imports under way: they are rejected as interrupted. */
  close(): Promise<void>;
}

/** Opens the library in `<home>/datasets`, tidied up from what earlier processes left. */
export function openDatasetLibrary(options: DatasetLibraryOptions): DatasetLibrary {
  const store = new DatasetStore(options.store, options.onImportEnd);
  const files = new LibraryFilesStore(options.store);
  const folder = new LibraryFolder(options.homePath, options.isNamedByOthers);
  const { publish, now, createId, log, resolveFile, samplePath } = options;
  tidyLibrary({ store, files, folder, now, log });
  const reading = {
    store,
    folder,
    publish,
    now,
    createId,
    workerUrl: options.workerUrl ?? new URL("./import-worker.ts", import.meta.url),
    limits: options.limits ?? importLimits,
  };
  const imports = new Imports({ ...reading, files, log });
  return {
    requests: datasetRequests({
      store,
      folder,
      imports,
      publish,
      now,
      resolveFile,
      samplePath,
      deletionOf: (id) => deletionOfDataset(options.store, id),
    }),
    findReady(id) {
      const { dataset, file } = readyFile(store, id);
      const { name, format, sha256 } = dataset;
      return { id, name, path: folder.pathsOf(file).dataPath, format, sha256 };
    },
    async copyRows(id, rows, to) {
      const { dataset, file } = readyFile(store, id);
      const { name, format } = dataset;
      const paths = folder.pathsOf(file);
      return copyRows({ name, format, fileType: file.fileType, paths }, rows, to);
    },
    hasFile: (id) => store.find(id)?.file !== undefined,
    keepDownloaded: (downloaded) =>
      keepDownloaded(downloaded, {
        ...reading,
        write: (row, kept, at) =>
          writeDownloaded({ store: options.store, datasets: store }, row, kept, at),
      }),
    close: () => imports.close(),
  };
}
