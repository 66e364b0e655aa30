import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers } from "../../shared/contract/contract.ts";
import type { Prices } from "../../shared/contract/costs.ts";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { Job, JobInput } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import type { Preflight, preflightProcedures } from "../../shared/contract/preflight.ts";
import type { RunSources } from "../costs/run-sources.ts";
import type { DatasetFile } from "../jobs/run-config.ts";
import type { Store } from "../store/open-store.ts";
import { assessRun, type RunFacts } from "./assess-run.ts";
import { holderOf } from "./device-findings.ts";
import { dryRun, type DryRunOptions, removeOldDryRuns } from "./dry-run.ts";
import { dryRunKey, type DryRunResult, DryRunStore } from "./dry-run-store.ts";

export interface OpenPreflightOptions extends DryRunOptions {
  store: Store;
  appVersion: string;
  createId: () => string;
  now: () => Date;
  runs: RunSources;
  /** @throws AppError `not_found` */
  findDataset: (id: string) => Dataset | Promise<Dataset>;
  findFile: (id: string) => DatasetFile | Promise<DatasetFile>;
  findModel: (id: string) => Promise<ReadyModel>;
  report: () => Promise<GpuReport>;
  costs: { prices: () => Prices; meanPowerW: (jobId: string) => number | null };
  /** Calls back for each job that changes; returns how to stop. */
  onJobChanged: (listener: (job: Job) => void) => () => void;
}

export interface PreflightDesk {
  readonly requests: Handlers<keyof typeof preflightProcedures>;
  close(): Promise<void>;
}

/** Says what a run would need, and tries it where one asks for that: one dry run at a time. */
export function openPreflight(options: OpenPreflightOptions): PreflightDesk {
  const { runs, now } = options;
  const kept = new DryRunStore(options.store);
  const tidied = removeOldDryRuns(options);
  const assess = {
    runsPath: join(options.homePath, "runs"),
    homePath: options.homePath,
    earlier: { ...runs, meanPowerW: options.costs.meanPowerW },
    prices: options.costs.prices,
    now,
  };
  let trying: { cancel: AbortController; ended: Promise<unknown> } | null = null;

  const gather = async (input: JobInput): Promise<RunFacts & { key: string }> => {
    const dataset = await options.findDataset(input.datasetId);
    if (dataset.status !== "ready") {
      throw new AppError(
        "conflict",
        `The dataset “${dataset.name}” is not ready to be trained on.`,
      );
    }
    const model = await options.findModel(input.modelId);
    const [report, jobs] = await Promise.all([options.report(), runs.listJobs()]);
    const { device } = input;
    const gpuNames = device.kind === "cuda" ? await runs.gpuNames(device.uuids) : [];
    const keyOf = (settings: JobInput["hyperparameters"]) =>
      dryRunKey({
        modelPath: model.path,
        modelBytes: model.details.weightBytes,
        datasetSha256: dataset.sha256,
        format: dataset.format,
        settings,
        device: device.kind === "cpu" ? "CPU" : gpuNames.join(", "),
        appVersion: options.appVersion,
      });
    const key = keyOf(input.hyperparameters);
    const facts = { input, dataset, model, report, jobs, gpuNames };
    const isTwin = (job: Job) =>
      job.dataset.id === dataset.id &&
      job.baseModel.path === model.path &&
      JSON.stringify(job.device) === JSON.stringify(device) &&
      keyOf(job.hyperparameters) === key;
    return { ...facts, key, dryRun: kept.find(key) ?? triedBy(jobs.filter(isTwin)) };
  };

  const tryRun = async (input: JobInput, signal: AbortSignal): Promise<Preflight> => {
    await tidied;
    const { key, ...facts } = await gather(input);
    refuseTakenGpus(input, facts.jobs);
    const { findFile, createId, appVersion } = options;
    const { id, name, path, format, sha256 } = await findFile(input.datasetId);
    signal.throwIfAborted();
    const result = await dryRun(
      options,
      {
        v: 1,
        run: createId(),
        name: input.name,
        created_at: now().toISOString(),
        app_version: appVersion,
        base_model: { name: facts.model.name, path: facts.model.path },
        dataset: { id, name, path, format, sha256 },
        hyperparameters: input.hyperparameters,
        device: input.device,
      },
      signal,
    );
    kept.save(key, result, now().toISOString());
    return assessRun(assess, { ...facts, dryRun: result });
  };

  return {
    requests: {
      "jobs.preflight": async (input) => assessRun(assess, await gather(input)),
      "jobs.dryRun": async (input) => {
        if (trying !== null) {
          throw new AppError("conflict", "A dry run is under way. Wait for it, or cancel it.");
        }
        const cancel = new AbortController();
        // A run that gets the GPU meanwhile must find its memory free.
        const unlisten = options.onJobChanged((job) => {
          if (isToMakeWay(input, job)) cancel.abort();
        });
        const ended = tryRun(input, cancel.signal)
          .catch((error: unknown) => {
            if (!cancel.signal.aborted) throw error;
            throw new AppError("cancelled", "The dry run was cancelled.", { cause: error });
          })
          .finally(() => {
            unlisten();
            trying = null;
          });
        trying = { cancel, ended };
        return ended;
      },
      "jobs.cancelDryRun": async () => {
        const present = trying;
        present?.cancel.abort();
        await present?.ended.catch(() => undefined);
        return null;
      },
    },
    async close() {
      const present = trying;
      present?.cancel.abort();
      await Promise.allSettled([tidied, present?.ended]);
    },
  };
}

function isToMakeWay({ device }: JobInput, job: Job): boolean {
  return device.kind === "cuda" && device.uuids.some((uuid) => holderOf(uuid, [job]) !== null);
}

function refuseTakenGpus({ device }: JobInput, jobs: readonly Job[]): void {
  if (device.kind === "cpu") return;
  for (const uuid of device.uuids) {
    const holder = holderOf(uuid, jobs);
    if (holder === null) continue;
    throw new AppError(
      "conflict",
      `“${holder.name}” is training on this GPU: a dry run could take the memory that it needs. Try again when it has ended.`,
    );
  }
}

/** Runs try their longest batch before the first step, too. */
function triedBy(twins: readonly Job[]): DryRunResult | null {
  const found = twins.find((job) => job.dryRun !== null)?.dryRun;
  if (found === undefined || found === null) return null;
  return {
    rows: found.rows,
    longest_tokens: found.longestTokens,
    step_ms: found.stepMs,
    memory_mb: found.memoryMb,
    memory_limit_mb: found.memoryLimitMb,
  };
}
