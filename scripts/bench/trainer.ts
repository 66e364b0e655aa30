import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { preparePython } from "../test/prepare-python.ts";
import type { BenchResult } from "./bench.ts";
import { prepareModel } from "./trainer/base-model.ts";
import { type Options, readOptions } from "./trainer/options.ts";
import { describe, preparePeer, TRL_VERSION } from "./trainer/peer-environment.ts";
import { repository, runPython } from "./trainer/python-program.ts";
import { tokensPerSecond } from "./trainer/step-rate.ts";
import { trainOurs } from "./trainer/train-ours.ts";
import { TRL_VARIANTS, trainTrl, type TrlVariant } from "./trainer/train-trl.ts";
import type { Trained, TrainingTask } from "./trainer/training-task.ts";

const SCOUT_STEPS = 8;
/** More than a sequence of 2,048 tokens holds: every row is cut to the full length. */
const LONG_ANSWER_WORDS = 2000;

/**
 * Our trainer against TRL's SFTTrainer: the same base model, rows, LoRA settings and effective batch,
 * in turns on this machine. TRL's ways to make batches are tried first, and its fastest one is taken.
 *
 *   --rows FILE                      JSONL of question and answer (GSM8K's format); else generated
 *   --device cpu|cuda                cuda: bf16, sequences of 2,048 tokens
 *   --shape small|llama-1b|llama-8b  see shapes.py
 *   --steps N  --rounds N  --precision fp32|bf16  --checkpointing
 */
export async function run(args: string[]): Promise<BenchResult> {
  const options = readOptions(args);
  const cache = join(repository, ".cache", "bench-trainer");
  mkdirSync(cache, { recursive: true });
  const python = process.env["LORA_DESK_PYTHON"] || (await preparePython(repository));
  const peer = await preparePeer(python, cache);
  const folder = mkdtempSync(join(cache, "run-"));
  try {
    return await compare(options, python, peer, cache, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(
  options: Options,
  python: string,
  peer: string,
  cache: string,
  folder: string,
): Promise<BenchResult> {
  const { hyperparameters: hyper, device, shape } = options;
  const gpu = device === "cuda" ? await firstGpu() : null;
  const rows = join(folder, "rows");
  await chooseRows(options, python, rows);
  const model = await prepareModel(python, options, join(rows, "other.jsonl"), gpu, cache);
  const train = join(rows, "train.jsonl");
  const task = (name: string): TrainingTask => ({
    folder: join(folder, name),
    model,
    shape,
    rows: train,
    gpu,
    hyperparameters: hyper,
  });

  const isAlwaysFull = device === "cuda" && options.rows === null;
  const variants = await scout(peer, task, isAlwaysFull ? ["padding"] : TRL_VARIANTS);
  const fastest = variants.toSorted((a, b) => b.tokensPerSecond - a.tokensPerSecond)[0];
  if (fastest === undefined) throw new Error("TRL trains in none of the ways that were tried.");

  const ours: Trained[] = [];
  const theirs: Trained[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    console.error(`Round ${round} of ${options.rounds}`);
    ours.push(await trainOurs(python, task(`ours-${round}`)));
    theirs.push(await trainTrl(peer, task(`trl-${round}`), fastest.variant));
  }
  const rates = { ours: ours.map(rate), trl: theirs.map(rate) };
  const best = { ours: Math.max(...rates.ours), trl: Math.max(...rates.trl) };
  const held = join(rows, "held_out.jsonl");
  const args = ["--model", model, "--rows", held, "--train-rows", train, "--device", device];
  args.push("--max-tokens", String(hyper.max_sequence_tokens));
  const adapters = [ours[0]?.adapter ?? "", theirs[0]?.adapter ?? ""];
  const losses = JSON.parse(
    await runPython(python, "adapter_loss.py", [...args, ...adapters], { gpu }),
  ) as { base: number; adapters: [number, number]; train: Record<string, number> };
  const [, versions] = await describe(python);
  const memoryMb = { ours: peak(ours), trl: peak(theirs) };
  return {
    name: "trainer",
    unit: "tokens/s",
    figure: round1(best.ours),
    peer: `TRL ${TRL_VERSION} SFTTrainer (${fastest.variant})`,
    peerFigure: round1(best.trl),
    ratio: round3(best.ours / best.trl),
    details: {
      tokensPerSecond: rates,
      heldOutLoss: {
        base: losses.base,
        ours: losses.adapters[0],
        trl: losses.adapters[1],
        ratio: round3(losses.adapters[0] / losses.adapters[1]),
      },
      memoryMb: { ...memoryMb, ratio: round3(memoryMb.ours / memoryMb.trl) },
      secondsToFirstStep: {
        ours: ours.map((each) => round1(each.secondsToFirstStep)),
        trl: theirs.map((each) => round1(each.secondsToFirstStep)),
      },
      tokens: { ours: counts(ours), trl: counts(theirs), independent: losses.train },
      trlVariants: variants,
      ours: ours[0]?.settings,
      hyperparameters: hyper,
      shape: {
        name: shape,
        ...(JSON.parse(readFileSync(join(model, "facts.json"), "utf8")) as object),
      },
      rows: options.rows === null ? "generated" : "given",
      versions: { ...versions, trl: TRL_VERSION },
      ...(await utilization(python, options, gpu, best)),
    },
  };
}

async function chooseRows(options: Options, python: string, out: string): Promise<void> {
  const { max_steps, batch_size, gradient_accumulation_steps } = options.hyperparameters;
  const count = (max_steps ?? 1) * batch_size * gradient_accumulation_steps;
  const args = ["--count", String(count), "--out", out];
  if (options.rows !== null) args.push("--rows", options.rows);
  else if (options.device === "cuda") args.push("--answer-words", String(LONG_ANSWER_WORDS));
  await runPython(python, "choose_rows.py", args, { gpu: null, canImportTrainer: true });
}

/** A few steps in each of TRL's ways to make batches. */
async function scout(
  peer: string,
  task: (name: string) => TrainingTask,
  variants: readonly TrlVariant[],
): Promise<{ variant: TrlVariant; tokensPerSecond: number; memoryMb: number }[]> {
  const found = [];
  for (const variant of variants) {
    console.error(`TRL, ${variant}`);
    const whole = task(`scout-${variant}`);
    const hyperparameters = { ...whole.hyperparameters, max_steps: SCOUT_STEPS };
    const trained = await trainTrl(peer, { ...whole, hyperparameters }, variant);
    const { memoryMb } = trained;
    found.push({ variant, tokensPerSecond: rate(trained), memoryMb: Math.round(memoryMb) });
  }
  return found;
}

/** How much of what the device can do the training uses; only told where the device is a GPU. */
async function utilization(
  python: string,
  { shape, device, hyperparameters: hyper }: Options,
  gpu: string | null,
  best: { ours: number; trl: number },
): Promise<Record<string, unknown>> {
  if (gpu === null) return {};
  const args = ["--device", device, "--shape", shape];
  args.push("--tokens", String(hyper.max_sequence_tokens));
  args.push("--is-checkpointed", hyper.gradient_checkpointing ? "1" : "0");
  const measured = JSON.parse(await runPython(python, "matrix_rate.py", args, { gpu })) as {
    device: string;
    flops_per_second: number;
    flops_per_token: number;
  };
  const share = (rate: number): number =>
    round3((rate * measured.flops_per_token) / measured.flops_per_second);
  return { utilization: { ...measured, ours: share(best.ours), trl: share(best.trl) } };
}

async function firstGpu(): Promise<string> {
  const { stdout } = await execa("nvidia-smi", ["--query-gpu=uuid", "--format=csv,noheader"]);
  const uuid = stdout.split("\n")[0]?.trim() ?? "";
  if (uuid === "") throw new Error("nvidia-smi names no GPU.");
  return uuid;
}

function rate(trained: Trained): number {
  return round1(tokensPerSecond(trained.steps));
}

function peak(runs: Trained[]): number {
  return Math.round(Math.max(...runs.map((run) => run.memoryMb)));
}

function counts([first]: Trained[]): Record<string, number | undefined> {
  return {
    tokens: first?.tokens,
    labelTokens: first?.labelTokens,
    trainableParameters: first?.trainableParameters,
  };
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function round3(value: number): number {
  return Number(value.toFixed(3));
}
