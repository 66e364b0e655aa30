import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Deletion } from "../../shared/contract/deletion.ts";
import type { Dataset, datasetProcedures, ReadyDataset } from "../../shared/contract/datasets.ts";
import { uniqueName } from "./dataset-name.ts";
import type { StoredDataset } from "./dataset-row.ts";
import type { DatasetStore } from "./dataset-store.ts";
import { type FilesAtHand, importSource } from "./import-source.ts";
import type { Imports } from "./imports.ts";
import type { LibraryFolder, StoredFile } from "./library-folder.ts";
import { previewRows } from "./preview-rows.ts";
import { storableText } from "./storable-text.ts";

export type DatasetMethod = keyof typeof datasetProcedures;

export interface DatasetRequestsOptions extends FilesAtHand {
  readonly store: DatasetStore;
  readonly folder: LibraryFolder;
  readonly imports: Imports;
  readonly publish: Publish;
  /** What deleting a dataset here does elsewhere. */
  readonly deletionOf: (id: string) => Deletion;
  readonly now: () => Date;
}

export interface ReadyFile {
  readonly dataset: ReadyDataset;
  readonly file: StoredFile;
}

/**
 * Any machine of the account takes a deleted dataset's file back from the project after 30 days by
 * its own clock, and clocks differ: what is restored late is stored there anew.
 */
const SURELY_STORED_DAYS = 25;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Answers the requests about datasets. */
export function datasetRequests(options: DatasetRequestsOptions): Handlers<DatasetMethod> {
  const { store, folder, imports, publish } = options;
  const at = (): string => options.now().toISOString();
  const changed = (id: string): Dataset => {
    const { dataset } = storedDataset(store, id);
    publish("datasets.changed", dataset, id);
    return dataset;
  };
  const withProgress = ({ dataset }: StoredDataset): Dataset => {
    const progress = imports.progressOf(dataset.id);
    return dataset.status === "importing" && progress ? { ...dataset, progress } : dataset;
  };

  return {
    "datasets.import": ({ source, name, keepLocal = false }, caller) => {
      const file = { ...importSource(source, caller, options), keepLocal };
      const wanted = storableText(name?.trim() ?? "");
      return imports.start(wanted === "" ? file : { ...file, name: wanted });
    },

    "datasets.cancelImport": async ({ id }) => {
      storedDataset(store, id);
      await imports.cancel(id);
      return null;
    },

    "datasets.list": () => store.list().map(withProgress),

    "datasets.get": ({ id }) => withProgress(storedDataset(store, id)),

    "datasets.preview": ({ id, offset, limit }) => {
      const { dataset, file } = readyFile(store, id);
      const { name, format } = dataset;
      const { fileType } = file;
      const paths = folder.pathsOf(file);
      return previewRows({ name, format, fileType, paths }, offset, limit);
    },

    "datasets.rejections": ({ id, offset, limit }) => {
      storedDataset(store, id);
      return store.rejections(id, offset, limit);
    },

    "datasets.update": ({ id, ...wanted }) => {
      const { dataset } = storedDataset(store, id);
      const name = storableText(wanted.name ?? dataset.name);
      const description = storableText(wanted.description ?? dataset.description);
      if (dataset.deletedAt !== null) {
        throw new AppError("conflict", `“${dataset.name}” is deleted. Restore it first.`);
      }
      if (name !== dataset.name && store.isNameTaken(name, id)) {
        throw new AppError(
          "conflict",
          `There is another dataset called “${name}”. Choose another name.`,
        );
      }
      store.rename(id, name, description, at());
      return changed(id);
    },

    "datasets.delete": ({ id }) => {
      const { dataset } = storedDataset(store, id);
      if (dataset.deletedAt !== null) return null;
      if (dataset.status === "importing") {
        throw new AppError(
          "conflict",
          `“${dataset.name}” is being imported. Cancel the import instead.`,
        );
      }
      refuseWhileInUse(store, dataset);
      store.delete(id, at());
      changed(id);
      return null;
    },

    "datasets.deletion": ({ id }) => options.deletionOf(storedDataset(store, id).dataset.id),

    "datasets.restore": ({ id }) => {
      const { dataset, file } = storedDataset(store, id);
      if (dataset.deletedAt === null) return dataset;
      if (dataset.status === "ready" && file === undefined) {
        throw new AppError(
          "not_found",
          `The file of “${dataset.name}” was removed 30 days after its deletion. Import ${dataset.fileName} again.`,
        );
      }
      const name = uniqueName(dataset.name, (wanted) => store.isNameTaken(wanted, id));
      store.rename(id, name, dataset.description, at());
      const doubtful = options.now().getTime() - SURELY_STORED_DAYS * DAY_MS;
      store.restore(id, at(), new Date(doubtful).toISOString());
      return changed(id);
    },
  };
}

/** A ready dataset and its file, also when it is deleted: jobs made from it may resume. */
export function readyFile(store: DatasetStore, id: string): ReadyFile {
  const { dataset, file } = storedDataset(store, id);
  if (dataset.status === "importing") {
    throw new AppError(
      "conflict",
      `“${dataset.name}” is still being imported. Wait until it is ready.`,
    );
  }
  if (dataset.status === "rejected") {
    throw new AppError("conflict", `“${dataset.name}” was rejected: ${dataset.failure.message}`);
  }
  if (file === undefined) {
    throw new AppError(
      "not_found",
      `The file of “${dataset.name}” was removed after its deletion. Import ${dataset.fileName} again.`,
    );
  }
  return { dataset, file };
}

function storedDataset(store: DatasetStore, id: string): StoredDataset {
  const stored = store.find(id);
  if (stored === undefined) {
    throw new AppError("not_found", "There is no such dataset (any more). Look at the list anew.");
  }
  return stored;
}

function refuseWhileInUse(store: DatasetStore, dataset: Dataset): void {
  const jobs = store.unfinishedJobNames(dataset.id);
  if (jobs.length === 0) return;
  const named = jobs.map((job) => `“${job}”`).join(", ");
  throw new AppError(
    "conflict",
    `“${dataset.name}” is needed by ${jobs.length === 1 ? "the job" : "the jobs"} ${named}. Stop ${jobs.length === 1 ? "it" : "them"} first.`,
    { details: { jobs } },
  );
}
