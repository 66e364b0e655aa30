import type { Command } from "commander";
import { AppError } from "../../../shared/app-error.ts";
import { type Hyperparameters, presetIdSchema } from "../../../shared/contract/hyperparameters.ts";
import type { Job } from "../../../shared/contract/jobs.ts";
import { HYPERPARAMETER_PRESETS } from "../../../shared/types/lora-training.ts";
import { sampleHyperparameters } from "../../quickstart/sample-hyperparameters.ts";
import { accountingOf, type AccountingOptions } from "../accounting-options.ts";
import type { DeviceOptions } from "../choose-device.ts";
import { findDataset } from "../find-dataset.ts";
import { applySettings } from "../hyperparameter-options.ts";
import { print } from "../output.ts";
import { datasetOf, differingVersions, readRunConfig } from "../repeat-run.ts";
import { runTraining, summarise, tell, type TrainingWish } from "../run-training.ts";
import type { RunWithCore, Session } from "../session.ts";
import { StatusLine } from "../terminal.ts";

interface TrainOptions extends DeviceOptions, AccountingOptions {
  config?: string;
  dataset?: string;
  model?: string;
  preset?: string;
  epochs?: string;
  name?: string;
  set: string[];
  keepLocal?: boolean;
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
      .option("--gpus <which>", "numbers or UUIDs (0,1), all, or none for the CPU")
      .option("--keep-local", "never send the run, or a file imported for it, to a team's project")
      .option("--json", "print one final JSON line");

  withOptions(
    program
      .command("train")
      .description("train an adapter, and follow the run until it ends")
      .option("--dataset <file>", "file to import, or id or name of a dataset in the library")
      .option("--config <file>", "repeat a run exactly: the config.json of its run folder")
      .option("--machines <n>", "machines that train together; start the command on each of them")
      .option("--machine-rank <n>", "which of them this is; 0 is the first")
      .option("--rendezvous <host:port>", "of the first machine, the same for all")
      .option("--preset <name>", "conservative, balanced or aggressive")
      .option("--priority <level>", "low, normal or high in the queue")
      .option("--after <job>", "begin when that run is completed")
      .option("--share-gpu", "beside other runs that allow it as well")
      .option("--retries <n>", "how often to try again what a retry may mend")
      .option("--project <name>", "label by which costs are added up")
      .option("--detach", "only start it"),
  ).action((options: TrainOptions) =>
    run(options, (session) => {
      if (options.dataset === undefined && options.config === undefined) {
        throw new AppError(
          "invalid_input",
          "Name what to train on: --dataset FILE, or --config FILE to repeat a run.",
        );
      }
      return train(session, options);
    }),
  );

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
  const line = new StatusLine();
  const result = await runTraining(session, await wishOf(session, options), line);
  await tellOfVersions(session, options, result.job, line);
  print(session.isJson, summarise(result), () =>
    [tell(result), "Open the app  npm run serve (in a browser) or npm start (desktop)"].join("\n"),
  );
  const hasFallenShort = result.job.status === "failed" || result.job.status === "stopped";
  if (hasFallenShort) process.exitCode = 1;
}

async function wishOf(session: Session, options: TrainOptions): Promise<TrainingWish> {
  const { client } = session.core;
  const isDetached = options.detach ?? false;
  if (options.config !== undefined) {
    refuseBesideConfig(options);
    const config = await readRunConfig(options.config);
    return {
      name: options.name ?? config.name,
      dataset: { kind: "library", dataset: await datasetOf(client, config) },
      model: config.base_model.path,
      presetId: "custom",
      hyperparameters: config.hyperparameters,
      device: namesDevice(options) ? options : config.device,
      accounting: await accountingOf(client, options),
      keepLocal: options.keepLocal,
      isDetached,
    };
  }
  return {
    name: options.name,
    dataset:
      options.dataset === undefined
        ? { kind: "sample" }
        : await findDataset(client, options.dataset),
    model: options.model,
    ...presetOf(options),
    device: options,
    accounting: await accountingOf(client, options),
    keepLocal: options.keepLocal,
    isDetached,
  };
}

function namesDevice({ gpus, machines, machineRank, rendezvous }: TrainOptions): boolean {
  return [gpus, machines, machineRank, rendezvous].some((option) => option !== undefined);
}

/** What the file says must be what is run, or it would be no repetition. */
function refuseBesideConfig({ dataset, model, preset, epochs, set }: TrainOptions): void {
  const given = { dataset, model, preset, epochs, set: set[0] };
  const names = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  if (names.length === 0) return;
  throw new AppError(
    "invalid_input",
    `--config repeats a run as it was, so ${names.join(", ")} cannot be given beside it. Change a copy of the file instead.`,
  );
}

/** The same configuration and rows give the same adapter with the same versions only. */
async function tellOfVersions(
  session: Session,
  options: TrainOptions,
  job: Job,
  line: StatusLine,
): Promise<void> {
  if (options.config === undefined) return;
  const config = await readRunConfig(options.config);
  const differing = await differingVersions(session.core.client, config, options.config, job);
  if (differing === null) line.show("The versions of the first run are not known here.", true);
  if (differing === null || differing.length === 0) return;
  line.show(`Other versions than the first time: ${differing.join(", ")}`, true);
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
