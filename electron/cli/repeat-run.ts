import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { CoreClient } from "../../shared/contract/contract.ts";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import {
  type RunConfig,
  runConfigSchema,
  runEventSchema,
} from "../../shared/contract/run-folder.ts";
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
 * What stands between this run and being the same as the one that is repeated: other versions of
 * the packages or of the trainer, another base model at the same place. Null when nothing is known
 * of the first run, neither here nor beside its `configPath`.
 */
export async function differingVersions(
  client: CoreClient,
  { run }: RunConfig,
  configPath: string,
  repeated: Job,
): Promise<string[] | null> {
  const now = repeated.plan?.packages;
  if (!now) return [];
  const jobs = await client.request("jobs.list", {});
  const first =
    jobs.find(({ id }) => id === run)?.plan?.packages ??
    (await toldPackages(join(dirname(configPath), "events.jsonl"), run));
  if (first === null) return null;
  return [...new Set([...Object.keys(first), ...Object.keys(now)])]
    .filter((name) => first[name] !== now[name])
    .map((name) => `${name} ${first[name] ?? "not recorded"} → ${now[name] ?? "not recorded"}`);
}

/** What the run itself told of its packages, the last time that it began or went on. */
async function toldPackages(path: string, run: string): Promise<Record<string, string> | null> {
  let found: Record<string, string> | null = null;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      // Most lines are steps, and there may be a million of them.
      if (!line.includes('"plan"')) continue;
      const event = runEventSchema.safeParse(parsed(line)).data;
      if (event?.type !== "status" || event.run !== run) continue;
      found = event.plan?.packages ?? found;
    }
  } catch {
    return null;
  }
  return found;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
