import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { findCard } from "../costs/cloud-price.ts";
import type { RunSources } from "../costs/run-sources.ts";
import { cardThroughput } from "./card-throughput.ts";

/** Of what the card could do: published LoRA trainers reach 21 to 39 %. */
const EFFICIENCY = 0.3;
/** Each trained token costs so many operations per parameter; with checkpointing, forward twice. */
const OPERATIONS = 4;
const OPERATIONS_CHECKPOINTED = 6;
/** Unpacking 4-bit weights before each use. */
const FOUR_BIT_PACE = 0.7;
/** Of its rated power, what a card draws in training. */
const POWER_SHARE = 0.85;
/** Fewer steps are mostly warming up. */
const FEWEST_STEPS = 5;
const MOST_RUNS = 5;

export interface Pace {
  /** Null where nothing can be said. */
  tokensPerSecond: number | null;
  /** Of one GPU. */
  powerW: number | null;
  /** By earlier runs; else by formula. */
  isMeasured: boolean;
  basis: string;
}

export interface PaceWish {
  modelName: string;
  modelPath: string;
  parameters: number;
  settings: Hyperparameters;
  isCpu: boolean;
  gpuNames: readonly string[];
}

export interface EarlierRuns extends Pick<RunSources, "listJobs" | "gpuNames" | "paceOf"> {
  /** Of one GPU. */
  meanPowerW: (jobId: string) => number | null;
}

/**
 * How fast such a run goes: as earlier ones with the same model, GPUs and settings did; else as
 * those with other settings did; else by formula. It says which.
 */
export async function expectPace(wish: PaceWish, runs: EarlierRuns): Promise<Pace> {
  const alike: { job: Job; isSame: boolean }[] = [];
  for (const job of await runs.listJobs()) {
    if (job.baseModel.path !== wish.modelPath || job.progress.step < FEWEST_STEPS) continue;
    if (!(await isOnSameDevice(job, wish, runs))) continue;
    alike.push({ job, isSame: speedKey(job.hyperparameters) === speedKey(wish.settings) });
  }
  const same = alike.filter(({ isSame }) => isSame);
  const chosen = (same.length > 0 ? same : alike).slice(0, MOST_RUNS).map(({ job }) => job);
  return (await measuredPace(chosen, same.length > 0, runs)) ?? formulaPace(wish);
}

async function measuredPace(
  jobs: readonly Job[],
  isSame: boolean,
  runs: EarlierRuns,
): Promise<Pace | null> {
  const paces = await Promise.all(jobs.map(async ({ id }) => runs.paceOf(id)));
  const tokensPerSecond = median(paces.flatMap((pace) => pace.tokensPerSecond));
  const [first] = jobs;
  if (tokensPerSecond === null || tokensPerSecond <= 0 || first === undefined) return null;
  const steps = paces.reduce((sum, pace) => sum + pace.steps, 0);
  const powers = jobs.map(({ id }) => runs.meanPowerW(id)).filter((power) => power !== null);
  const whose =
    jobs.length === 1 ? `“${first.name}”` : `“${first.name}” and ${jobs.length - 1} more`;
  const device = first.device.kind === "cpu" ? "CPU" : "GPU";
  const how = isSame ? "same model, settings" : "other settings, but the same model";
  return {
    tokensPerSecond,
    powerW: median(powers),
    isMeasured: true,
    basis: `${steps} measured steps of ${whose}: ${how} and ${device}`,
  };
}

function formulaPace({ settings, isCpu, gpuNames, parameters, modelName }: PaceWish): Pace {
  const throughputs = gpuNames.map(cardThroughput);
  const cards = gpuNames.map(findCard);
  const powers = cards.map((card) => (card === null ? null : card.power_w * POWER_SHARE));
  const powerW = powers.some((power) => power === null) ? null : median(powers.filter(isNumber));
  if (isCpu || throughputs.length === 0 || throughputs.some((value) => value === null)) {
    const where = isCpu ? "the CPU" : "this GPU";
    return {
      tokensPerSecond: null,
      powerW,
      isMeasured: false,
      basis: `No run of ${modelName} on ${where} has been measured yet`,
    };
  }
  const operations = settings.gradient_checkpointing ? OPERATIONS_CHECKPOINTED : OPERATIONS;
  const flops = throughputs.filter(isNumber).reduce((sum, value) => sum + value, 0);
  const pace = (flops * EFFICIENCY) / (operations * parameters);
  return {
    tokensPerSecond: settings.quantization === "nf4" ? pace * FOUR_BIT_PACE : pace,
    powerW,
    isMeasured: false,
    basis: `A rough formula: ${parametersText(parameters)} parameters at ${EFFICIENCY * 100} % of the card's nominal speed; nothing measured yet`,
  };
}

async function isOnSameDevice(job: Job, wish: PaceWish, runs: EarlierRuns): Promise<boolean> {
  if (job.device.kind === "cpu") return wish.isCpu;
  if (wish.isCpu || job.device.uuids.length !== wish.gpuNames.length) return false;
  const names = await runs.gpuNames(job.device.uuids);
  return names.every((name, index) => name !== "" && name === wish.gpuNames[index]);
}

/** What the speed of a step depends on. */
function speedKey(settings: Hyperparameters): string {
  const { method, quantization, rank, target_modules, batch_size, max_sequence_tokens } = settings;
  const { packing, gradient_checkpointing, precision, compile, parallelism, dropout } = settings;
  return JSON.stringify([
    [method, quantization, rank, target_modules, batch_size, max_sequence_tokens],
    [packing, gradient_checkpointing, precision, compile, parallelism, dropout > 0],
  ]);
}

export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function isNumber(value: number | null): value is number {
  return value !== null;
}

function parametersText(parameters: number): string {
  return parameters >= 1e9
    ? `${(parameters / 1e9).toFixed(1)} billion`
    : `${Math.max(0.1, parameters / 1e6).toFixed(1)} million`;
}
