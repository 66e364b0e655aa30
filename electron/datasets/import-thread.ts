import { Worker } from "node:worker_threads";
import { AppError } from "../../shared/app-error.ts";
import type { ImportProgress, Rejection } from "../../shared/contract/datasets.ts";
import type { ImportedFile, ImportTask } from "./import-file.ts";
import type { ImportReport } from "./import-worker.ts";

export interface ImportThreadOptions {
  readonly workerUrl: URL;
  readonly task: ImportTask;
  readonly signal: AbortSignal;
  /** At most ten times a second. */
  readonly onProgress: (progress: ImportProgress) => void;
}

export interface ImportOutcome {
  readonly result: ImportedFile | AppError;
  /** The first rejected rows, in the order of the verdicts; also when the file is refused. */
  readonly rejections: readonly Rejection[];
}

/**
 * Runs one import in a thread of its own. When `signal` aborts, the thread is ended wherever it is;
 * the promise then rejects with the signal's reason once the thread has closed its files.
 */
export async function runImportThread(options: ImportThreadOptions): Promise<ImportOutcome> {
  options.signal.throwIfAborted();
  const worker = new Worker(options.workerUrl, { workerData: options.task });
  const end = (): void => void worker.terminate();
  options.signal.addEventListener("abort", end, { once: true });
  try {
    return await outcomeOf(worker, options);
  } finally {
    options.signal.removeEventListener("abort", end);
  }
}

function outcomeOf(worker: Worker, options: ImportThreadOptions): Promise<ImportOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportOutcome>();
  const rejections: Rejection[] = [];
  let result: ImportedFile | AppError | undefined;
  worker.on("message", (report: ImportReport) => {
    for (const rejection of report.rejections) rejections.push(rejection);
    if (report.type === "imported") result = report.file;
    else if (report.type === "failed") result = AppError.fromFailure(report.failure);
    else if (!options.signal.aborted) options.onProgress(report.progress);
  });
  worker.on("error", reject);
  worker.on("exit", (exitCode) => {
    if (options.signal.aborted) reject(options.signal.reason);
    else if (result !== undefined) resolve({ result, rejections });
    else reject(new Error(`The import thread ended early (exit code ${exitCode}).`));
  });
  return promise;
}
