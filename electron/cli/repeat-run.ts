import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { type RunConfig, runConfigSchema } from "../../shared/contract/run-folder.ts";
import { readyDatasets } from "./find-dataset.ts";

/** @throws AppError `invalid_input` when the file is no run's config.json. */
export async function readRunConfig(path: string): Promise<RunConfig> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("invalid_input", `The configuration ${path} cannot be read: ${reason}`);
  }
  const config = runConfigSchema.safeParse(content);
  if (config.success) return config.data;
  throw new AppError(
    "invalid_input",
    `${path} is not the config.json of a run:\n${z.prettifyError(config.error)}`,
  );
}

/**
 * The very bytes that the run was trained on, whatever the dataset is called here.
 *
 * @throws AppError `not_found` when the library does not hold them.
 */
export async function datasetOf(client: CoreClient, { dataset }: RunConfig): Promise<ReadyDataset> {
  const same = (await readyDatasets(client)).filter(
    ({ sha256, format, deletedAt }) =>
      sha256 === dataset.sha256 && format === dataset.format && deletedAt === null,
  );
  const found = same.find(({ id }) => id === dataset.id) ?? same[0];
  if (found !== undefined) return found;
  throw new AppError(
    "not_found",
    `The library has no dataset with the rows of “${dataset.name}” (SHA-256 ${dataset.sha256}). Import that file first: lora-desk datasets import FILE`,
  );
}

/**
 * What stands between this run and being the same as the one that is repeated: packages of other
 * versions. Empty when there is nothing, or nothing is known of the first run here.
 */
export async function differingVersions(
  client: CoreClient,
  { run }: RunConfig,
  repeated: Job,
): Promise<string[]> {
  const jobs = await client.request("jobs.list", {});
  const first = jobs.find(({ id }) => id === run)?.plan?.packages;
  const now = repeated.plan?.packages;
  if (!first || !now) return [];
  return [...new Set([...Object.keys(first), ...Object.keys(now)])]
    .filter((name) => first[name] !== now[name])
    .map((name) => `${name} ${first[name] ?? "none"} → ${now[name] ?? "none"}`);
}
