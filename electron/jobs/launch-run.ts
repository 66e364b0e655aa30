import { mkdir } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import { readWholeLines } from "./event-file.ts";
import type { JobLedger } from "./job-ledger.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobError } from "./job-state.ts";
import type { JobTimings } from "./job-timings.ts";
import { waitForLastProcesses } from "./last-processes.ts";
import type { BootId } from "./process-identity.ts";
import { checkBeforeLaunch } from "./preflight.ts";
import { type DatasetFile, ensureRunConfig, runConfigOf } from "./run-config.ts";
import { RunFolder } from "./run-folder.ts";
import { type RunnerProcess, startRunner } from "./runner-process.ts";

export interface LaunchOptions {
  ledger: JobLedger;
  appVersion: string;
  trainerPath: string;
  pythonFor: () => Promise<{ pythonPath: string }>;
  findDataset: (id: string) => DatasetFile | Promise<DatasetFile>;
  minimumFreeBytes: number;
  timings: JobTimings;
  bootId: BootId;
  createId: () => string;
  /** The folder of the lock files of the GPUs, one for all users of the machine. */
  leasesPath: string;
  /** Given to the runner where the core was given one: to play a restart of the machine. */
  playedBootId: string | null;
}

/**
 * Starts the runner of a job that is `preparing`.
 *
 * @param signal aborted when the job is stopped or the app closes.
 * @returns null when that came before there was a process.
 * @throws when the run cannot be started; see `launchError`.
 */
export async function launchRun(
  options: LaunchOptions,
  record: JobRecord,
  signal: AbortSignal,
): Promise<RunnerProcess | null> {
  const { ledger } = options;
  const folder = new RunFolder(record.runPath);
  await mkdir(folder.path, { recursive: true });
  const config = await ensureRunConfig(folder, async () =>
    runConfigOf(record, await options.findDataset(record.dataset.id), options.appVersion),
  );
  await checkBeforeLaunch(config, folder.path, options.minimumFreeBytes);
  await waitForLastAttempt(folder, options, signal);
  const python = await Promise.race([options.pythonFor(), aborted(signal)]);
  if (python === null || signal.aborted) return null;
  await forgetLostEvents(ledger, folder, record);
  if (signal.aborted) return null;
  return startRunner({
    pythonPath: python.pythonPath,
    trainerPath: options.trainerPath,
    runPath: folder.path,
    logPath: folder.logPath,
    attempt: record.attempt,
    nonce: options.createId(),
    leasesPath: options.leasesPath,
    mayShareGpu: record.accounting.mayShareGpu,
    playedBootId: options.playedBootId,
  });
}

/** Looking for Python may take long; giving up must not. */
function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/** Two attempts at once would write into the same files. */
async function waitForLastAttempt(
  folder: RunFolder,
  { timings: { handoverMs, batchMs }, bootId }: LaunchOptions,
  signal: AbortSignal,
): Promise<void> {
  const patience = { timeoutMs: handoverMs, intervalMs: batchMs, signal, bootId };
  const pids = await waitForLastProcesses(folder, patience);
  if (pids.length === 0 || signal.aborted) return;
  const message = `The last attempt of this run is still alive (process ${pids.join(", ")}).`;
  throw new AppError("conflict", message, {
    details: { remedy: "Wait for it to leave, or end that process, then press Resume." },
  });
}

/**
 * After a power cut the file may be shorter than what was read of it. What the new attempt appends
 * begins where the whole lines end now.
 */
async function forgetLostEvents(
  ledger: JobLedger,
  folder: RunFolder,
  record: JobRecord,
): Promise<void> {
  const { eventsOffset } = ledger.get(record.id);
  const found = await readWholeLines(folder.eventsPath, eventsOffset, 1);
  if (found.wasCut) ledger.apply(record.id, { set: { eventsOffset: found.nextOffset } });
}

/** A launch that failed, as the job shows it. */
export function launchError(error: unknown): JobError {
  if (error instanceof AppError) {
    const remedy = error.details?.["remedy"];
    return {
      kind: error.kind,
      message: error.message,
      remedy: typeof remedy === "string" ? remedy : "Put this right, then press Resume.",
    };
  }
  return {
    kind: "launch_failed",
    message: `The run could not be started: ${error instanceof Error ? error.message : String(error)}.`,
    remedy: "Check that the data folder is writable and its disk is not full, then press Resume.",
  };
}
