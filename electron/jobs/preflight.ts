import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { RunConfig } from "../../shared/contract/run-folder.ts";

/**
 * What can be known before a process is started: a run that cannot work fails here, in words,
 * rather than minutes later in Python.
 *
 * @throws AppError with `details.remedy`.
 */
export async function checkBeforeLaunch(
  config: RunConfig,
  runPath: string,
  minimumFreeBytes: number,
): Promise<void> {
  const { dataset, base_model: model } = config;
  if (!(await isFile(dataset.path))) {
    throw blocked(
      `The file of the dataset “${dataset.name}” is missing: ${dataset.path}.`,
      "Import the dataset again and create the job anew, or put the file back and press Resume.",
    );
  }
  if (!(await isFile(join(model.path, "config.json")))) {
    throw blocked(
      `The base model “${model.name}” is not at ${model.path} any more.`,
      "Put the model's folder back (or attach its disk) and press Resume.",
    );
  }
  const { bavail, bsize } = await statfs(runPath);
  const freeBytes = bavail * bsize;
  if (freeBytes < minimumFreeBytes) {
    throw blocked(
      `Only ${gigabytes(freeBytes)} are free on the disk of ${runPath}; a run needs at least ${gigabytes(minimumFreeBytes)} for its checkpoints.`,
      "Free some space (old jobs can be deleted in the Jobs view), then press Resume.",
    );
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function blocked(message: string, remedy: string): AppError {
  return new AppError("unavailable", message, { details: { remedy } });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
