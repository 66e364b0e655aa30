import { readFile } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import type { DatasetFormat } from "../../shared/contract/datasets.ts";
import { type RunConfig, runConfigSchema } from "../../shared/contract/run-folder.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import type { JobRecord } from "./job-record.ts";
import type { RunFolder } from "./run-folder.ts";

/** The file of a dataset in the library. */
export interface DatasetFile {
  id: string;
  name: string;
  path: string;
  format: DatasetFormat;
  sha256: string;
}

export function runConfigOf(
  record: JobRecord,
  dataset: DatasetFile,
  appVersion: string,
): RunConfig {
  return {
    v: 1,
    run: record.id,
    name: record.name,
    created_at: record.createdAt,
    app_version: appVersion,
    base_model: record.baseModel,
    dataset: {
      id: dataset.id,
      name: dataset.name,
      path: dataset.path,
      format: dataset.format,
      sha256: dataset.sha256,
    },
    hyperparameters: record.hyperparameters,
    device: record.device,
  };
}

export function runConfigText(config: RunConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * Writes `config.json` before the first attempt and reads it before every other: a run stays what
 * it was begun as.
 */
export async function ensureRunConfig(
  folder: RunFolder,
  create: () => RunConfig | Promise<RunConfig>,
): Promise<RunConfig> {
  const text = await readIfThere(folder.configPath);
  if (text === null) {
    const config = runConfigSchema.parse(await create());
    await writeFileAtomically(folder.configPath, runConfigText(config));
    return config;
  }
  try {
    return runConfigSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError(
      "conflict",
      `The configuration of this run is damaged: ${folder.configPath}.`,
      {
        cause: error,
        details: { remedy: "Create the job again; this run cannot be repeated or resumed." },
      },
    );
  }
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
