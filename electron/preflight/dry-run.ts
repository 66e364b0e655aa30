import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import type { RunConfig } from "../../shared/contract/run-folder.ts";
import { failureOf, programFailure, trainerFailureSchema } from "../python/trainer-failure.ts";
import { runTrainerModule } from "../python/trainer-module.ts";
import { type DryRunResult, dryRunResultSchema } from "./dry-run-store.ts";

const FOLDER_NAME = /^try-[A-Za-z0-9]{6}$/;
/** Loading a large model from a slow disk and tokenising millions of rows take their time. */
const TIMEOUT_MS = 2 * 3600 * 1000;
const KILL_AFTER_MS = 20_000;

const errorLineSchema = z.object({ error: trainerFailureSchema });

export interface DryRunOptions {
  homePath: string;
  trainerPath: string;
  env: NodeJS.ProcessEnv;
  pythonFor: (signal?: AbortSignal) => Promise<{ pythonPath: string }>;
  /** Of the GPUs' lock files; by default the one that the whole machine shares. */
  leasesPath?: string;
}

/**
 * Has the trainer try the longest micro-batch of a run in a folder that is removed afterwards. Of
 * several GPUs the first one stands for all. It is leased meanwhile, as a run leases it.
 *
 * @throws AppError `cancelled`, or what keeps the trainer from trying.
 */
export async function dryRun(
  options: DryRunOptions,
  config: RunConfig,
  signal: AbortSignal,
): Promise<DryRunResult> {
  const { pythonPath } = await options.pythonFor(signal);
  await mkdir(foldersPath(options), { recursive: true });
  const folder = await mkdtemp(join(foldersPath(options), "try-"));
  try {
    await writeFile(join(folder, "config.json"), JSON.stringify(onOneDevice(config)));
    return await ask(options, pythonPath, folder, config, signal);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a core that was killed has left behind. */
export async function removeOldDryRuns(options: Pick<DryRunOptions, "homePath">): Promise<void> {
  const names = await readdir(foldersPath(options)).catch(() => []);
  for (const name of names.filter((one) => FOLDER_NAME.test(one))) {
    await rm(join(foldersPath(options), name), { recursive: true, force: true });
  }
}

async function ask(
  { trainerPath, env, leasesPath }: DryRunOptions,
  pythonPath: string,
  folder: string,
  { device }: RunConfig,
  signal: AbortSignal,
): Promise<DryRunResult> {
  let result: DryRunResult | null = null;
  let failure: z.infer<typeof trainerFailureSchema> | null = null;
  const visible = device.kind === "cuda" ? (device.uuids[0] ?? "") : "";
  const end = await runTrainerModule(
    {
      pythonPath,
      trainerPath,
      module: "lora_runner.dry_run",
      args: ["--run", folder, ...(leasesPath === undefined ? [] : ["--leases", leasesPath])],
      env: { ...env, CUDA_VISIBLE_DEVICES: visible, TOKENIZERS_PARALLELISM: "false" },
    },
    { signal, timeoutMs: TIMEOUT_MS, killAfterMs: KILL_AFTER_MS },
    (value) => {
      result ??= dryRunResultSchema.safeParse(value).data ?? null;
      failure ??= errorLineSchema.safeParse(value).data?.error ?? null;
    },
  );
  if (signal.aborted) throw new AppError("cancelled", "The dry run was cancelled.");
  const said = failure as z.infer<typeof trainerFailureSchema> | null;
  if (said?.kind === "out_of_memory_dry_run" || said?.kind === "out_of_memory") {
    return { does_not_fit: said };
  }
  if (said?.kind === "gpu_taken") throw new AppError("conflict", `${said.message} ${said.remedy}`);
  if (said !== null) throw failureOf(said);
  if (end.exitCode === 0 && result !== null) return result;
  throw programFailure("The dry run did not come to an end", pythonPath, end);
}

function onOneDevice(config: RunConfig): RunConfig {
  const { device } = config;
  if (device.kind === "cpu") return config;
  return { ...config, device: { kind: "cuda", uuids: device.uuids.slice(0, 1) } };
}

function foldersPath({ homePath }: Pick<DryRunOptions, "homePath">): string {
  return join(homePath, "dry-runs");
}
