import { basename, dirname, isAbsolute, resolve } from "node:path";
import { setImmediate as otherWork } from "node:timers/promises";
import { AppError } from "../../shared/app-error.ts";
import { deletionOfJob } from "../sync/deletion-reach-store.ts";
import { removeCopy } from "../sync/remove-copy-store.ts";
import type { JobLedger, LedgerStores } from "./job-ledger.ts";
import { hasEnded } from "./job-state.ts";
import type { JobTimings } from "./job-timings.ts";
import { waitForLastProcesses } from "./last-processes.ts";
import type { BootId } from "./process-identity.ts";
import { removeRunFolder, type RunOfOthers } from "./remove-run-folder.ts";
import { RunFolder } from "./run-folder.ts";

/** Few enough to take some ten milliseconds. */
const BLOCKS_AT_ONCE = 500;

/**
 * Removes an ended job for good, or this machine's copy of another's: its folder first, so that a deletion that was cut short leaves a
 * job that can be deleted again, never a folder that nobody knows.
 */
export async function deleteJob(
  id: string,
  deps: LedgerStores & {
    ledger: JobLedger;
    runsPath: string;
    workstation: string;
    timings: JobTimings;
    bootId: BootId;
    runOfOthers: (jobId: string) => RunOfOthers;
  },
): Promise<void> {
  const { ledger, jobs, metrics, runsPath, store } = deps;
  const record = ledger.get(id);
  if (!hasEnded(record.state)) {
    throw new AppError(
      "conflict",
      `“${record.name}” has not ended: it is ${record.state.status}. Stop it first, then delete it.`,
    );
  }
  const path = resolve(record.runPath);
  // An empty or relative path would be resolved against wherever the app happens to run.
  const isOfThisRun =
    isAbsolute(record.runPath) && dirname(path) === resolve(runsPath) && basename(path) === id;
  if (!isOfThisRun) {
    throw new AppError(
      "forbidden",
      `The folder of “${record.name}” (${path}) is not where runs are kept (${runsPath}), so it is not touched. Move it there, or remove it yourself.`,
    );
  }
  const { handoverMs, batchMs } = deps.timings;
  const patience = { timeoutMs: handoverMs, intervalMs: batchMs, bootId: deps.bootId };
  const pids = await waitForLastProcesses(new RunFolder(path), patience);
  if (pids.length > 0) {
    throw new AppError(
      "conflict",
      `A process of “${record.name}” is still alive (process ${pids.join(", ")}). Wait until it has left, then delete the job.`,
    );
  }
  await removeRunFolder(path, record.adapterPath, deps.runOfOthers(id));
  while (metrics.removeSome(id, BLOCKS_AT_ONCE) === BLOCKS_AT_ONCE) await otherWork();
  if (deletionOfJob(store, id, deps.workstation).reach === "copy") removeCopy(store, id);
  else jobs.remove(id);
  ledger.news.forget(id);
}
