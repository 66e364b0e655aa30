import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Store } from "../store/open-store.ts";
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
  const adapterPath = await moveIn(folder, runPath, artifact.id);
  const isOwn = artifact.user_id === userId;
  writeDownloadedAdapter(store, { artifact, job, dataset, isOwn, runPath, adapterPath });
}

export interface KeepAdapter {
  artifact: TeamRow<"model_artifacts">;
  folder: string;
  signal: AbortSignal;
}

/** Never over an adapter that is there, which may be another account's. */
async function moveIn(folder: string, runPath: string, artifactId: string): Promise<string> {
  const named = `adapter-${artifactId}`;
  const wanted = (await isThere(join(runPath, "adapter"))) ? named : "adapter";
  if (await isThere(folder)) {
    await rename(folder, join(runPath, wanted));
    return wanted;
  }
  return (await isThere(join(runPath, named))) ? named : "adapter";
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
