import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Store } from "../store/open-store.ts";
import { movedName } from "./discard-moved-adapter.ts";
import { writeDownloadedAdapter } from "./downloaded-adapter-store.ts";
import type { TeamRow, TeamRows } from "./team-rows-client.ts";

const ENDED = ["completed", "stopped", "failed", "interrupted"];

/**
 * Puts a downloaded adapter where this machine's own are, in the folder of its run, and writes the
 * rows that belong to it. After a crash in between it can be done again.
 */
export async function keepAdapter(
  { artifact, folder, signal }: KeepAdapter,
  {
    store,
    rows,
    runsPath,
    userId,
  }: { store: Store; rows: TeamRows; runsPath: string; userId: string },
): Promise<void> {
  const job = await rows.fetch("training_jobs", artifact.job_id, signal);
  const dataset = await rows.fetch("datasets", artifact.dataset_id, signal);
  if (!ENDED.includes(job.status)) {
    throw new AppError(
      "conflict",
      `The job “${job.name}” has not ended on ${job.workstation}, as far as the project knows. Go on with the download when it has.`,
    );
  }
  const runPath = join(runsPath, job.id);
  await mkdir(runPath, { recursive: true, mode: 0o700 });
  const adapterPath = await moveIn(folder, runPath, artifact.name);
  const isOwn = artifact.user_id === userId;
  writeDownloadedAdapter(store, { artifact, job, dataset, isOwn, runPath, adapterPath });
}

export interface KeepAdapter {
  artifact: TeamRow<"model_artifacts">;
  /** Its name is the transfer's id. */
  folder: string;
  signal: AbortSignal;
}

/**
 * Under a name that no other download has: the folder of runs is shared by all accounts, and another
 * one may have the same adapter, as it was made here or downloaded.
 */
async function moveIn(folder: string, runPath: string, name: string): Promise<string> {
  const adapterPath = movedName(folder);
  const target = join(runPath, adapterPath);
  try {
    await rename(folder, target);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    if (!(await isThere(target))) {
      throw new AppError(
        "not_found",
        `The downloaded files of “${name}” are gone (${folder}). Cancel the download and begin it again.`,
        { cause },
      );
    }
  }
  return adapterPath;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
