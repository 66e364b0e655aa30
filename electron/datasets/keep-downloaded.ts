import type { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { Dataset, Rejection } from "../../shared/contract/datasets.ts";
import type { datasetRowSchema } from "../../shared/types/team-rows.ts";
import { uniqueName } from "./dataset-name.ts";
import type { DatasetStore } from "./dataset-store.ts";
import type { DownloadedRow } from "./downloaded-store.ts";
import type { ImportedFile } from "./import-file.ts";
import type { ImportLimits } from "./import-limits.ts";
import { runImportThread } from "./import-thread.ts";
import type { LibraryFolder } from "./library-folder.ts";

export interface KeepDownloadedOptions {
  readonly store: DatasetStore;
  readonly write: (
    row: DownloadedRow,
    kept: { file: ImportedFile; rejections: readonly Rejection[]; isOwn: boolean },
    at: string,
  ) => void;
  readonly folder: LibraryFolder;
  readonly publish: Publish;
  readonly now: () => Date;
  readonly createId: () => string;
  readonly workerUrl: URL;
  readonly limits: ImportLimits;
}

export interface DownloadedDataset {
  readonly row: z.infer<typeof datasetRowSchema>;
  /** The file as it was downloaded; it stays where it is. */
  readonly path: string;
  /** A colleague's dataset becomes one of our own, with an id of its own. */
  readonly isOwn: boolean;
  /** That id: doing it again makes no second one. */
  readonly copyId: string;
  readonly signal: AbortSignal;
}

/**
 * Reads the file as an import would and puts it into the library, under the team's row.
 *
 * @throws AppError when the file is not the one of the row or cannot be a dataset.
 */
export async function keepDownloaded(
  { row, path, isOwn, copyId, signal }: DownloadedDataset,
  options: KeepDownloadedOptions,
): Promise<Dataset> {
  const { store, folder, limits, workerUrl, createId, publish, now } = options;
  const importId = createId();
  try {
    const outcome = await runImportThread({
      workerUrl,
      task: { sourcePath: path, fileName: row.file_name, ...folder.begin(importId), limits },
      signal,
      onProgress: () => undefined,
    });
    if ("failure" in outcome) throw AppError.fromFailure(outcome.failure);
    const { file, rejections } = outcome;
    if (file.sha256 !== row.sha256) {
      throw new AppError("conflict", `The file of “${row.name}” is not the one that was stored.`);
    }
    folder.place(importId, file);
    const at = now().toISOString();
    const id = isOwn ? row.id : copyId;
    const name = isOwn ? row.name : uniqueName(row.name, (wanted) => store.isNameTaken(wanted, id));
    options.write({ ...row, id, name }, { file, rejections, isOwn }, at);
    const dataset = store.find(id)?.dataset;
    if (dataset === undefined) throw new Error(`The dataset ${id} has no row.`);
    publish("datasets.changed", dataset, id);
    return dataset;
  } finally {
    folder.discard(importId);
  }
}
