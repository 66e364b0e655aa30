import type { Prices } from "../../shared/contract/costs.ts";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { Job, JobInput } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import type { Preflight } from "../../shared/contract/preflight.ts";
import type { DataSummary } from "../../shared/contract/run-folder.ts";
import { estimateCost } from "../costs/estimate-cost.ts";
import { neededBytes as bytesNotToPause } from "../health/disk-need.ts";
import { freeBytesOf } from "../health/run-disk.ts";
import { datasetFindings } from "./dataset-findings.ts";
import { deviceFindings } from "./device-findings.ts";
import { checkpointBytes, diskNeeds } from "./disk-needs.ts";
import type { DryRunResult } from "./dry-run-store.ts";
import { estimateMemory, type MemoryWish, trainedParameters } from "./estimate-memory.ts";
import { expectSteps, type ExpectedSteps } from "./expected-steps.ts";
import { type Finding, finding, gigabytes } from "./finding.ts";
import { memoryFindings } from "./memory-findings.ts";
import { readModelShape } from "./model-shape.ts";
import { type EarlierRuns, expectPace, type Pace } from "./run-pace.ts";

export interface RunFacts {
  input: JobInput;
  dataset: ReadyDataset;
  model: ReadyModel;
  report: GpuReport;
  jobs: readonly Job[];
  gpuNames: readonly string[];
  dryRun: DryRunResult | null;
}

export interface AssessOptions {
  runsPath: string;
  homePath: string;
  earlier: EarlierRuns;
  prices: () => Prices;
  now: () => Date;
}

/** Everything that can be said of a run before it is launched. */
export async function assessRun(options: AssessOptions, facts: RunFacts): Promise<Preflight> {
  const { input, dataset, model, report, jobs, gpuNames, dryRun } = facts;
  const { hyperparameters: settings, device } = input;
  const isCpu = device.kind === "cpu";
  const processes = isCpu ? 1 : device.uuids.length;
  const expected = expectSteps(dataset.statistics, settings, countedBy(facts), processes);
  const shape = await readModelShape(model, settings.target_modules).catch(() => null);
  const measured = dryRun !== null && "memory_mb" in dryRun ? dryRun : null;
  const limitMb = isCpu ? report.cpu.memoryTotalMb : smallestGpu(report, device.uuids);
  const wish = shape === null ? null : memoryWish(facts, shape, expected, limitMb);
  const estimate = wish === null ? null : estimateMemory(wish);
  const memory = {
    estimateMb: estimate?.totalMb ?? null,
    parts: estimate?.parts ?? [],
    measuredMb: measured?.memory_mb ?? null,
    limitMb: measured?.memory_limit_mb ?? limitMb,
  };
  const trained = shape === null ? 0 : trainedParameters(shape, settings.rank);
  const disk = {
    neededBytes: diskNeeds(trained, expected.datasetTokens),
    // Before the first run its folder is not there yet.
    freeBytes: (await freeBytesOf(options.runsPath)) ?? (await freeBytesOf(options.homePath)),
  };
  const pace = await expectPace(
    {
      modelName: model.name,
      modelPath: model.path,
      parameters: model.details.parameters,
      settings,
      isCpu,
      gpuNames,
    },
    options.earlier,
  );
  const { seconds, basis } = expectSeconds(expected, pace, dryRun, facts, processes);
  const cost =
    seconds === null
      ? { energyKwh: null, energyCost: null, hardwareCost: null, cloudCost: null }
      : estimateCost({ seconds, gpuNames, powerW: pace.powerW }, options.prices(), options.now());
  const fit =
    wish === null ? null : { ...wish, accumulation: settings.gradient_accumulation_steps };
  return {
    memory,
    disk,
    time: {
      steps: expected.steps,
      secondsAtMost: measured === null ? null : (measured.step_ms / 1000) * expected.steps,
    },
    cost: { seconds, ...cost, basis },
    findings: [
      ...memoryFindings(memory, fit, dryRun),
      ...deviceFindings(input, report, jobs),
      ...diskFindings(disk, checkpointBytes(trained)),
      ...datasetFindings(dataset, model, settings, expected),
    ],
  };
}

function memoryWish(
  { input, report }: RunFacts,
  shape: MemoryWish["shape"],
  { longestTokens }: ExpectedSteps,
  limitMb: number | null,
): MemoryWish {
  const { hyperparameters: settings, device } = input;
  const isCpu = device.kind === "cpu";
  const usesFloat32 = settings.precision === "fp32" || (isCpu && settings.precision !== "bf16");
  const wish: MemoryWish = {
    shape,
    settings,
    longestTokens,
    isCpu,
    bytesPerWeight: usesFloat32 ? 4 : 2,
    shards: 1,
  };
  if (device.kind === "cpu" || device.uuids.length === 1 || settings.quantization === "nf4") {
    return wish;
  }
  const isNeeded =
    limitMb !== null && report.gpus.length > 0 && estimateMemory(wish).totalMb > limitMb;
  const isSharded =
    settings.parallelism === "sharded" || (settings.parallelism === "auto" && isNeeded);
  return isSharded ? { ...wish, shards: device.uuids.length } : wish;
}

/** As measured by earlier runs, else by the dry run, else by formula. */
function expectSeconds(
  expected: ExpectedSteps,
  pace: Pace,
  dryRun: DryRunResult | null,
  { input }: RunFacts,
  processes: number,
): { seconds: number | null; basis: string } {
  const tokens = expected.isCounted ? "" : "; the tokens are reckoned from the characters";
  if (!pace.isMeasured && dryRun !== null && "step_ms" in dryRun && dryRun.step_ms > 0) {
    const { rows, longest_tokens: longest, step_ms: stepMs } = dryRun;
    const perStep = rows * longest * input.hyperparameters.gradient_accumulation_steps * processes;
    const perSecond = perStep / (stepMs / 1000);
    return {
      seconds: expected.tokens / perSecond,
      basis: `A dry run of the longest batch: ${Math.round(perSecond).toLocaleString("en")} tokens a second${tokens}`,
    };
  }
  const { tokensPerSecond, basis } = pace;
  if (tokensPerSecond === null) return { seconds: null, basis: `${basis}; a dry run would` };
  return { seconds: expected.tokens / tokensPerSecond, basis: `${basis}${tokens}` };
}

/** The trainer's own count, of a run over the same rows with the same model and lengths. */
function countedBy({ jobs, input, model }: RunFacts): DataSummary | null {
  const { hyperparameters: wanted, datasetId } = input;
  const twin = jobs.find(
    ({ dataset, baseModel, hyperparameters: its, plan }) =>
      plan !== null &&
      dataset.id === datasetId &&
      baseModel.path === model.path &&
      its.max_sequence_tokens === wanted.max_sequence_tokens &&
      its.long_rows === wanted.long_rows &&
      its.validation_share === wanted.validation_share,
  );
  return twin?.plan?.data ?? null;
}

function smallestGpu({ gpus }: GpuReport, uuids: readonly string[]): number | null {
  const sizes = gpus
    .filter(({ uuid }) => uuid !== null && uuids.includes(uuid))
    .map((gpu) => gpu.memoryTotalMb)
    .filter((size) => size !== null);
  return sizes.length === 0 ? null : Math.min(...sizes);
}

/** @param checkpointBytes of one checkpoint: with less than what two take the run is paused. */
export function diskFindings(
  { neededBytes, freeBytes }: Preflight["disk"],
  checkpointBytes: number,
): Finding[] {
  if (freeBytes === null) return [];
  const pausedBelow = bytesNotToPause(checkpointBytes);
  if (freeBytes >= Math.max(neededBytes * 1.5, neededBytes + pausedBelow)) return [];
  const isTooLittle = freeBytes < Math.max(neededBytes, pausedBelow);
  const message = `The run needs about ${gigabytes(neededBytes)} on the disk, and ${gigabytes(freeBytes)} are free; with less than ${gigabytes(pausedBelow)} a run is paused.`;
  const remedy = "Free some space; old jobs can be deleted in the Jobs view.";
  return [finding(isTooLittle ? "bad" : "warning", message, remedy)];
}
