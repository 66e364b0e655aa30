import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import type { CoreClient } from "../../../shared/contract/contract.ts";
import { type Hyperparameters, presetIdSchema } from "../../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../../shared/types/lora-training.ts";
import { sampleHyperparameters } from "../../quickstart/sample-hyperparameters.ts";
import { findByIdOrName } from "../find-by-id-or-name.ts";
import { applySettings } from "../hyperparameter-options.ts";
import { print } from "../output.ts";
import { runTraining, summarise, tell, type TrainingWish } from "../run-training.ts";
import type { RunWithCore, Session } from "../session.ts";
import { StatusLine } from "../terminal.ts";

interface TrainOptions {
  dataset?: string;
  model?: string;
  preset?: string;
  epochs?: string;
  name?: string;
  set: string[];
  detach?: boolean;
  json?: boolean;
}

export function addTrainCommands(program: Command, run: RunWithCore): void {
  const collect = (value: string, all: string[]) => [...all, value];
  const withOptions = (command: Command) =>
    command
      .option("--model <dir>", "folder of a base model (default: the tiny one, made if missing)")
      .option("--epochs <n>", "passes over the dataset")
      .option("--name <name>", "name of the run")
      .option("--set <name=value>", "set any hyperparameter; may be repeated", collect, [])
      .option("--json", "print one final JSON line");

  withOptions(
    program
      .command("train")
      .description("train an adapter, and follow the run until it ends")
      .requiredOption(
        "--dataset <file>",
        "file to import, or id or name of a dataset in the library",
      )
      .option("--preset <name>", "conservative, balanced or aggressive")
      .option("--detach", "only start it"),
  ).action((options: TrainOptions) => run(options, (session) => train(session, options)));

  withOptions(
    program
      .command("demo")
      .description(
        "train a real adapter on the shipped sample (or --dataset FILE) and a tiny model",
      )
      .option("--dataset <file>", "file to import instead of the sample"),
  ).action((options: TrainOptions) => run(options, (session) => train(session, options)));
}

async function train(session: Session, options: TrainOptions): Promise<void> {
  const wish: TrainingWish = {
    name: options.name,
    dataset: await datasetOf(session.core.client, options.dataset),
    modelPath: options.model,
    ...presetOf(options),
    isDetached: options.detach ?? false,
  };
  const result = await runTraining(session, wish, new StatusLine());
  print(session.isJson, summarise(result), () =>
    [tell(result), "Open the app  npm run serve (in a browser) or npm start (desktop)"].join("\n"),
  );
  const hasFallenShort = result.job.status === "failed" || result.job.status === "stopped";
  if (hasFallenShort) process.exitCode = 1;
}

function presetOf(options: TrainOptions): Pick<TrainingWish, "presetId" | "hyperparameters"> {
  const preset = presetIdSchema.safeParse(options.preset ?? "balanced");
  if (!preset.success) {
    throw new AppError(
      "invalid_input",
      `There is no preset “${options.preset}”. Choose conservative, balanced or aggressive.`,
    );
  }
  const isTiny = options.model === undefined && options.preset === undefined;
  const { label: _label, use_when: _useWhen, ...values } = HYPERPARAMETER_PRESETS[preset.data];
  const base: Hyperparameters = isTiny ? sampleHyperparameters : values;
  const pairs = options.epochs === undefined ? [] : [`epochs=${options.epochs}`];
  const hyperparameters = applySettings(base, [...pairs, ...options.set]);
  const isChanged = isTiny || pairs.length + options.set.length > 0;
  return { presetId: isChanged ? "custom" : preset.data, hyperparameters };
}

async function datasetOf(
  client: CoreClient,
  which: string | undefined,
): Promise<TrainingWish["dataset"]> {
  if (which === undefined) return { kind: "sample" };
  if (existsSync(which)) return { kind: "path", path: resolve(which) };
  const known = (await client.request("datasets.list", {})).filter(
    (dataset) => dataset.status === "ready",
  );
  try {
    return { kind: "library", dataset: findByIdOrName(known, which, "dataset") };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== "not_found") throw error;
  }
  throw new AppError(
    "not_found",
    `“${which}” is neither a file here nor a dataset of the library (lora-desk datasets list).`,
  );
}
