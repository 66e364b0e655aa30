import { assertNever } from "../../shared/contract/assert-never.ts";
import type { Dataset, ReadyDataset } from "../../shared/contract/datasets.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { PresetId } from "../../shared/contract/hyperparameters.ts";
import { type JobAccounting, jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job, type JobInput } from "../../shared/contract/jobs.ts";
import type { BaseModel, ReadyModel } from "../../shared/contract/models.ts";
import type { RunDevice } from "../../shared/contract/run-folder.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { readyDatasets } from "../datasets/datasets-slice.ts";
import type { HyperparameterName } from "../jobs/hyperparameter-field.ts";
import { readyModels } from "../models/models-slice.ts";
import { textsOf } from "./hyperparameter-texts.ts";
import { isUsable } from "./usable-gpu.ts";
import type { HyperparameterTexts, ReadHyperparameters } from "./hyperparameter-texts.ts";

export const CPU = "cpu";

export type DeviceWish = typeof CPU | readonly string[];

export type JobForm = {
  readonly datasetId: string | null;
  readonly modelId: string | null;
  readonly presetId: PresetId;
  readonly texts: HyperparameterTexts;
  /** The uuids of GPUs, or "cpu"; null for what fits the machine best. */
  readonly device: DeviceWish | null;
  /** Null as long as the suggested name will do. */
  readonly name: string | null;
  readonly accounting: JobAccounting;
  /** The job never goes to the project. */
  readonly isKeptLocal: boolean;
};

export type JobFormChange =
  | { readonly type: "dataset"; readonly id: string }
  | { readonly type: "model"; readonly id: string }
  | { readonly type: "preset"; readonly id: PresetId }
  | { readonly type: "value"; readonly field: HyperparameterName; readonly text: string }
  | { readonly type: "proposal"; readonly texts: Partial<HyperparameterTexts> }
  | { readonly type: "accounting"; readonly accounting: Partial<JobAccounting> }
  | { readonly type: "device"; readonly device: DeviceWish }
  | { readonly type: "keepLocal"; readonly isKept: boolean }
  | { readonly type: "name"; readonly name: string };

export function changeForm(form: JobForm, change: JobFormChange): JobForm {
  switch (change.type) {
    case "dataset":
      return { ...form, datasetId: change.id };
    case "model":
      return { ...form, modelId: change.id };
    case "preset":
      // Custom keeps what is there: it is where one ends up by changing a value.
      return change.id === "custom"
        ? { ...form, presetId: "custom" }
        : { ...form, presetId: change.id, texts: textsOf(HYPERPARAMETER_PRESETS[change.id]) };
    case "value":
      return form.texts[change.field] === change.text
        ? form
        : {
            ...form,
            presetId: "custom",
            texts: { ...form.texts, [change.field]: change.text },
          };
    case "proposal":
      return { ...form, presetId: "custom", texts: { ...form.texts, ...change.texts } };
    case "accounting":
      return { ...form, accounting: { ...form.accounting, ...change.accounting } };
    case "device":
      return { ...form, device: change.device };
    case "keepLocal":
      return { ...form, isKeptLocal: change.isKept };
    case "name":
      return { ...form, name: change.name };
    default:
      return assertNever(change);
  }
}

export type FormStart = {
  readonly datasets: readonly Dataset[];
  readonly models: readonly BaseModel[];
  readonly jobs: readonly Job[];
  /** The ids of those that are kept on this computer. */
  readonly keptJobs?: readonly string[];
  readonly wished: {
    readonly dataset?: string | undefined;
    readonly model?: string | undefined;
    readonly from?: string | undefined;
  };
};

/** What the address asks for, then what the repeated job had, then the only one there is. */
export function startForm({ datasets, models, jobs, keptJobs = [], wished }: FormStart): JobForm {
  const source = jobs.find(({ id }) => id === wished.from);
  const sourceModel = models.find(({ path }) => path === source?.baseModel.path);
  const presetId = source?.presetId ?? "balanced";
  return {
    datasetId: firstReady(readyDatasets(datasets), [wished.dataset, source?.dataset.id]),
    modelId: firstReady(readyModels(models), [wished.model, sourceModel?.id]),
    presetId,
    texts: textsOf(source?.hyperparameters ?? HYPERPARAMETER_PRESETS[presetId]),
    device: source === undefined ? null : wishOf(source.device),
    name: null,
    accounting: repeatedAccounting(source),
    isKeptLocal: source !== undefined && keptJobs.includes(source.id),
  };
}

/** What a job waited for was its own affair; the rest holds for its repetition, too. */
function repeatedAccounting(source: Job | undefined): JobAccounting {
  return { ...(source?.accounting ?? jobAccountingSchema.parse({})), afterJobId: null };
}

function firstReady(
  ready: readonly { readonly id: string }[],
  wished: readonly (string | undefined)[],
): string | null {
  const found = wished.find((id) => ready.some((one) => one.id === id));
  if (found !== undefined) return found;
  return ready.length === 1 ? (ready[0]?.id ?? null) : null;
}

function wishOf(device: RunDevice): DeviceWish {
  return device.kind === "cpu" ? CPU : device.uuids;
}

/** The chosen devices that this machine has, else its first usable GPU, else the CPU. */
export function deviceOf(form: JobForm, report: GpuReport | null): RunDevice {
  const { device } = form;
  if (device === CPU) return { kind: "cpu" };
  const uuids = (report?.gpus ?? []).filter(isUsable).map(({ uuid }) => uuid);
  const chosen = uuids.filter((uuid) => device?.includes(uuid));
  const taken = chosen.length > 0 ? chosen : uuids.slice(0, 1);
  return taken.length === 0 ? { kind: "cpu" } : { kind: "cuda", uuids: taken };
}

export type JobChoice = {
  readonly dataset: ReadyDataset | undefined;
  readonly model: ReadyModel | undefined;
  readonly name: string;
  readonly device: RunDevice;
  readonly hyperparameters: ReadHyperparameters;
};

/** The request that the form amounts to; null while something is missing or wrong. */
export function jobInput(form: JobForm, choice: JobChoice): JobInput | null {
  const name = choice.name.trim();
  const input = name === "" ? null : inputNamed(name, form, choice);
  return input !== null && form.isKeptLocal ? { ...input, keepLocal: true } : input;
}

/** What the core is to look at before the launch: the name makes no difference to it. */
export function preflightInput(form: JobForm, choice: JobChoice): JobInput | null {
  return inputNamed("Preflight", form, choice);
}

function inputNamed(name: string, form: JobForm, choice: JobChoice): JobInput | null {
  const { dataset, model, device, hyperparameters } = choice;
  if (dataset === undefined || model === undefined || hyperparameters.values === null) return null;
  const project = form.accounting.project?.trim() ?? "";
  return {
    name,
    datasetId: dataset.id,
    modelId: model.id,
    presetId: form.presetId,
    hyperparameters: hyperparameters.values,
    device,
    accounting: { ...form.accounting, project: project === "" ? null : project },
  };
}
