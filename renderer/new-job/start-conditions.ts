import { assertNever } from "../../shared/contract/assert-never.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { formatCount } from "../format/numbers.ts";
import type { JobChoice } from "./job-form.ts";

/** Something that keeps a job from starting, or that one should know before it starts. */
export type StartCondition = {
  readonly isBlocking: boolean;
  readonly text: string;
  /** Where the next step is. */
  readonly next?: { readonly to: "/datasets" | "/models" | "/settings"; readonly label: string };
};

export type StartSituation = {
  readonly choice: JobChoice;
  readonly hasDatasets: boolean;
  readonly hasModels: boolean;
  readonly environment: EnvironmentStatus | null;
  readonly report: GpuReport | null;
};

const SETTINGS = { to: "/settings", label: "Open Settings" } as const;

/** Blocking ones first. */
export function startConditions(situation: StartSituation): readonly StartCondition[] {
  const found = [
    ...environmentConditions(situation.environment),
    ...choiceConditions(situation),
    ...deviceConditions(situation),
    ...lengthConditions(situation.choice),
    ...settingConditions(situation),
  ];
  return found.toSorted((a, b) => Number(b.isBlocking) - Number(a.isBlocking));
}

function environmentConditions(environment: EnvironmentStatus | null): StartCondition[] {
  switch (environment?.state) {
    case "missing":
      return [blocked("The Python environment is not built yet.", SETTINGS)];
    case "building":
      return [blocked("The Python environment is still being built.", SETTINGS)];
    case "broken":
      return [
        blocked(`The Python environment is broken. ${environment.failure.message}`, SETTINGS),
      ];
    case "ready":
    case "unknown":
    case undefined:
      return [];
    default:
      return assertNever(environment);
  }
}

function choiceConditions(situation: StartSituation): StartCondition[] {
  const { choice, hasDatasets, hasModels } = situation;
  const found: StartCondition[] = [];
  if (!hasDatasets) {
    found.push(
      blocked("There is no dataset to train on.", { to: "/datasets", label: "Import a dataset" }),
    );
  } else if (choice.dataset === undefined) found.push(blocked("Choose a dataset."));
  if (!hasModels) {
    found.push(
      blocked("There is no base model to train.", { to: "/models", label: "Find or make one" }),
    );
  } else if (choice.model === undefined) found.push(blocked("Choose a base model."));

  const count = Object.keys(choice.hyperparameters.problems).length;
  if (count > 0) {
    found.push(blocked(count === 1 ? "One setting is wrong." : `${count} settings are wrong.`));
  }
  const isNamed = choice.name.trim() !== "";
  if (!isNamed && choice.dataset !== undefined && choice.model !== undefined) {
    found.push(blocked("Give the job a name."));
  }
  return found;
}

function deviceConditions({ choice, environment, report }: StartSituation): StartCondition[] {
  if (report === null) return [];
  if (choice.device.kind === "cpu") {
    if (report.driver.state === "broken") {
      return [advice(`${report.driver.message} ${report.driver.remedy}`)];
    }
    return report.gpus.length === 0
      ? [
          advice(
            "This machine has no GPU: it trains on the CPU. Fine for tiny models, slow for others.",
          ),
        ]
      : [advice("It trains on the CPU although there is a GPU.")];
  }
  if (environment?.state === "ready" && environment.report.torch.devices.length === 0) {
    return [
      blocked(
        "The Python environment cannot use the GPU. Repair the environment, or choose the CPU.",
        SETTINGS,
      ),
    ];
  }
  return [];
}

function lengthConditions({ model, hyperparameters }: JobChoice): StartCondition[] {
  const context = model?.details.contextTokens ?? null;
  const longest = hyperparameters.values?.max_sequence_tokens ?? 0;
  if (context === null || longest <= context) return [];
  return [
    advice(
      `The model reads ${formatCount(context)} tokens at most, so longer rows count as too long.`,
    ),
  ];
}

/** What the settings ask for and cannot have. */
function settingConditions({ choice, environment }: StartSituation): StartCondition[] {
  const { values } = choice.hyperparameters;
  if (values === null) return [];
  const found: StartCondition[] = [];
  const is4Bit = values.quantization === "nf4";
  if (is4Bit && environment?.state === "ready" && !has4Bit(environment)) {
    found.push(
      blocked(
        "A 4-bit base needs the package bitsandbytes, which the Python environment lacks.",
        SETTINGS,
      ),
    );
  }
  if (is4Bit && values.parallelism === "sharded" && hasSeveralGpus(choice.device)) {
    found.push(advice("A 4-bit base is not sharded: each GPU holds a whole copy of it."));
  }
  const needsValidation = values.early_stopping_patience !== null || values.adapter_from === "best";
  if (needsValidation && values.validation_share === 0) {
    found.push(
      advice(
        "Without validation rows it cannot stop early or take the best weights: it goes to its last step.",
      ),
    );
  }
  return found;
}

function has4Bit({ report }: Extract<EnvironmentStatus, { state: "ready" }>): boolean {
  return report.packages["bitsandbytes"] !== undefined;
}

function hasSeveralGpus(device: RunDevice): boolean {
  return device.kind === "cuda" && device.uuids.length > 1;
}

function blocked(text: string, next?: StartCondition["next"]): StartCondition {
  return next === undefined ? { isBlocking: true, text } : { isBlocking: true, text, next };
}

function advice(text: string): StartCondition {
  return { isBlocking: false, text };
}
