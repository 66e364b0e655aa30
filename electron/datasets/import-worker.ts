import { parentPort, workerData } from "node:worker_threads";
import type { ImportProgress, Rejection } from "../../shared/contract/datasets.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import { fileFailure } from "./file-failure.ts";
import { type ImportedFile, importFile, type ImportTask } from "./import-file.ts";

/** What the thread says. Nothing comes after `imported` or `failed`. */
export type ImportReport =
  | { type: "progress"; progress: ImportProgress; rejections: Rejection[] }
  | { type: "imported"; file: ImportedFile; rejections: Rejection[] }
  | { type: "failed"; failure: Failure; rejected: number; rejections: Rejection[] };

const REPORT_INTERVAL_MS = 100;

function main(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  const report = (message: ImportReport): void => parentPort?.postMessage(message);
  const task = workerData as ImportTask;
  let rejections: Rejection[] = [];
  let rejected = 0;
  let reportedAt = performance.now();
  try {
    const file = importFile(task, {
      progress(progress) {
        if (performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
        reportedAt = performance.now();
        report({ type: "progress", progress, rejections });
        rejections = [];
      },
      reject(rejection) {
        rejected += 1;
        if (rejected <= task.limits.maxKeptRejections) rejections.push(rejection);
      },
    });
    report({ type: "imported", file, rejections });
  } catch (error) {
    const failure = fileFailure(error, task.fileName).toFailure();
    report({ type: "failed", failure, rejected, rejections });
  }
}

main();
