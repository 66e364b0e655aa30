import { Worker } from "node:worker_threads";
import type { ImportProgress, Rejection } from "../../shared/contract/datasets.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { ImportedFile, ImportTask } from "./import-file.ts";
import type { ImportReport } from "./import-worker.ts";

export interface ImportThreadOptions {
  readonly workerUrl: URL;
  readonly task: ImportTask;
  readonly signal: AbortSignal;
  /** At most ten times a second. */
  readonly onProgress: (progress: ImportProgress) => void;
}

/** `rejections` are the first rejected rows, by line; `rejected` counts all. */
export type ImportOutcome = { readonly rejections: readonly Rejection[] } & (
  | { readonly file: ImportedFile }
  | { readonly failure: Failure; readonly rejected: number }
);

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
  let outcome: ImportOutcome | undefined;
  worker.on("message", (report: ImportReport) => {
    for (const rejection of report.rejections) rejections.push(rejection);
    if (report.type === "imported") outcome = { file: report.file, rejections };
    else if (report.type === "failed") {
      outcome = { failure: report.failure, rejected: report.rejected, rejections };
    } else if (!options.signal.aborted) options.onProgress(report.progress);
  });
  worker.on("error", reject);
  worker.on("exit", (exitCode) => {
    rejections.sort((a, b) => a.line - b.line);
    if (options.signal.aborted) reject(options.signal.reason);
    else if (outcome !== undefined) resolve(outcome);
    else reject(new Error(`The import thread ended early (exit code ${exitCode}).`));
  });
  return promise;
}
