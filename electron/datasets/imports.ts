import { statSync, unlinkSync } from "node:fs";
import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { Dataset, ImportProgress } from "../../shared/contract/datasets.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import { uniqueName } from "./dataset-name.ts";
import type { DatasetStore } from "./dataset-store.ts";
import { fileFailure } from "./file-failure.ts";
import type { ImportLimits } from "./import-limits.ts";
import type { ImportSource } from "./import-source.ts";
import { ImportSlots } from "./import-slots.ts";
import { type ImportOutcome, runImportThread } from "./import-thread.ts";
import type { LibraryFilesStore } from "./library-files-store.ts";
import type { LibraryFolder } from "./library-folder.ts";
import { interrupted, rejectImport } from "./tidy-library.ts";
import { findTwin } from "./stored-twin.ts";

export interface ImportsOptions {
  readonly store: DatasetStore;
  readonly files: LibraryFilesStore;
  readonly folder: LibraryFolder;
  readonly publish: Publish;
  readonly now: () => Date;
  readonly createId: () => string;
  readonly log: (message: string, details?: Record<string, unknown>) => void;
  readonly workerUrl: URL;
  readonly limits: ImportLimits;
}

interface RunningImport {
  readonly controller: AbortController;
  readonly isSample: boolean;
  isCancelled: boolean;
  progress: ImportProgress | undefined;
  /** Settles when the import has ended and its traces are gone; never rejects. */
  ended: Promise<void>;
}

const IMPORTS_AT_A_TIME = 2;

const cancelled: Failure = { kind: "cancelled", message: "The import was cancelled." };

/*
 * An import's life:
 *
 *   start ──▶ importing ──▶ ready
 *                │  └──────▶ rejected    the file cannot be a dataset, or LoRA Desk ended
 *                └─ cancel ─▶ gone       announced once as rejected with `deletedAt` set
 */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #running = new Map<string, RunningImport>();
  readonly #slots = new ImportSlots(IMPORTS_AT_A_TIME);
  /** Starts are one after the other, so that two of the sample cannot miss each other. */
  #lastStart: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Begins the import, or gives the dataset that it would only repeat (see `findTwin`). */
  start(source: ImportSource): Promise<Dataset> {
    const start = this.#lastStart.then(() => this.#start(source));
    this.#lastStart = start.catch(() => undefined);
    return start;
  }

  /** How far an import is; undefined when it is not running or has not begun to read. */
  progressOf(id: string): ImportProgress | undefined {
    return this.#running.get(id)?.progress;
  }

  /** Resolves when nothing is left of the import. */
  async cancel(id: string): Promise<void> {
    const running = this.#running.get(id);
    if (running === undefined) {
      throw new AppError("conflict", "This import has ended already. Delete the dataset instead.");
    }
    running.isCancelled = true;
    running.controller.abort(AppError.fromFailure(cancelled));
    await running.ended;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#lastStart;
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort(AppError.fromFailure(interrupted));
    await Promise.all(running.map(({ ended }) => ended));
  }

  async #start(source: ImportSource): Promise<Dataset> {
    this.#refuseWhenClosed();
    const { store, now, createId } = this.#options;
    if (source.isSample) {
      const [id] = [...this.#running].find(([, { isSample }]) => isSample) ?? [];
      if (id !== undefined) return this.#dataset(id);
    }
    const fileSizeBytes = sizeOf(source.path);
    const twin = await findTwin(source, fileSizeBytes, this.#options);
    if (twin !== undefined) {
      this.#removeTemporary(source);
      return twin;
    }
    this.#refuseWhenClosed();
    const id = createId();
    const { keepLocal } = source;
    const name = uniqueName(source.name, (wanted) => store.isNameTaken(wanted));
    store.insert(
      { id, name, fileName: source.fileName, fileSizeBytes },
      now().toISOString(),
      keepLocal,
    );
    const dataset = this.#announce(id);
    const running: RunningImport = {
      controller: new AbortController(),
      isSample: source.isSample,
      isCancelled: false,
      progress: undefined,
      ended: Promise.resolve(),
    };
    this.#running.set(id, running);
    running.ended = this.#run(id, source, running);
    return dataset;
  }

  async #run(id: string, source: ImportSource, running: RunningImport): Promise<void> {
    const { signal } = running.controller;
    try {
      const outcome = await this.#slots.run(signal, () => this.#read(id, source, running));
      this.#running.delete(id);
      this.#finish(id, source, outcome);
    } catch (error) {
      this.#running.delete(id);
      const failure = fileFailure(signal.aborted ? signal.reason : error, source.fileName);
      this.#giveUp(id, failure, running.isCancelled);
    } finally {
      this.#removeTemporary(source);
    }
  }

  #read(id: string, source: ImportSource, running: RunningImport): Promise<ImportOutcome> {
    const { folder, workerUrl, limits, publish } = this.#options;
    const dataset = this.#dataset(id);
    const { path: sourcePath, fileName } = source;
    return runImportThread({
      workerUrl,
      task: { sourcePath, fileName, ...folder.begin(id), limits },
      signal: running.controller.signal,
      onProgress(progress) {
        running.progress = progress;
        if (dataset.status === "importing") {
          publish("datasets.changed", { ...dataset, progress }, id);
        }
      },
    });
  }

  #finish(id: string, source: ImportSource, outcome: ImportOutcome): void {
    const { store, folder, log } = this.#options;
    const at = this.#options.now().toISOString();
    if ("failure" in outcome) {
      folder.discard(id);
      store.setRejected(id, outcome.failure, outcome, at);
    } else {
      store.noteFile(id, outcome.file);
      folder.place(id, outcome.file);
      store.setReady(id, outcome.file, outcome.rejections, at);
    }
    log("Import ended", { id, file: source.fileName, status: this.#announce(id).status });
  }

  #giveUp(id: string, error: AppError, isCancelled: boolean): void {
    const { store, publish, log } = this.#options;
    const at = this.#options.now().toISOString();
    log("Import given up", { id, reason: error.message, cause: error.cause });
    try {
      rejectImport(id, error.toFailure(), at, this.#options);
      const dataset = this.#dataset(id);
      if (isCancelled) store.remove(id);
      publish("datasets.changed", isCancelled ? { ...dataset, deletedAt: at } : dataset, id);
    } catch (failure) {
      // The next start tidies up what the disk or the database refuses now.
      log("Import could not be tidied up", { id, error: String(failure) });
    }
  }

  #announce(id: string): Dataset {
    const dataset = this.#dataset(id);
    this.#options.publish("datasets.changed", dataset, id);
    return dataset;
  }

  #dataset(id: string): Dataset {
    const stored = this.#options.store.find(id);
    if (stored === undefined) throw new Error(`The import ${id} has no row.`);
    return stored.dataset;
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new AppError("unavailable", "LoRA Desk is ending. Import it later.");
  }

  #removeTemporary(source: ImportSource): void {
    if (!source.isTemporary) return;
    try {
      unlinkSync(source.path);
    } catch (error) {
      this.#options.log("Upload could not be removed", { error: String(error) });
    }
  }
}

/** 0 when the file cannot be looked at; why not is for the import to find out. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
