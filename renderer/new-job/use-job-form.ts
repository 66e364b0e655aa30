import { useNavigate } from "@tanstack/react-router";
import { useMemo, useReducer } from "react";
import type { Dispatch } from "react";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { Job, JobInput } from "../../shared/contract/jobs.ts";
import type { BaseModel } from "../../shared/contract/models.ts";
import { useClient, useDesk, useDeskStore } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useAction } from "../core/use-action.ts";
import type { Action } from "../core/use-action.ts";
import { readyDatasets } from "../datasets/datasets-slice.ts";
import { receiveJob } from "../jobs/jobs-slice.ts";
import { readyModels } from "../models/models-slice.ts";
import { fetchKeptLocal } from "../sync/follow-sync.ts";
import { readHyperparameters } from "./hyperparameter-texts.ts";
import { changeForm, deviceOf, jobInput, preflightInput } from "./job-form.ts";
import type { JobChoice, JobForm, JobFormChange } from "./job-form.ts";
import { startConditions } from "./start-conditions.ts";
import type { StartCondition } from "./start-conditions.ts";
import { suggestedName } from "./suggested-name.ts";

export type JobFormState = {
  readonly form: JobForm;
  readonly change: Dispatch<JobFormChange>;
  readonly choice: JobChoice;
  readonly conditions: readonly StartCondition[];
  /** For the preflight; null while something is missing or wrong. */
  readonly input: JobInput | null;
  readonly canStart: boolean;
  readonly start: Action<[]>;
};

type Given = {
  readonly datasets: readonly Dataset[];
  readonly models: readonly BaseModel[];
  readonly jobs: readonly Job[];
  readonly begin: () => JobForm;
};

/** The form, what follows from it, and sending it off. */
export function useJobForm({ datasets, models, jobs, begin }: Given): JobFormState {
  const client = useClient();
  const store = useDeskStore();
  const navigate = useNavigate();
  const [form, change] = useReducer(changeForm, null, begin);
  const report = useDesk((state) => valueOr(state.gpuReport, null));
  const environment = useDesk((state) => valueOr(state.environment, null));

  const hyperparameters = useMemo(() => readHyperparameters(form.texts), [form.texts]);
  const dataset = readyDatasets(datasets).find(({ id }) => id === form.datasetId);
  const model = readyModels(models).find(({ id }) => id === form.modelId);
  const taken = jobs.map(({ name }) => name);
  const choice: JobChoice = {
    dataset,
    model,
    name: form.name ?? suggestedName(dataset?.name, model?.name, taken),
    device: deviceOf(form, report),
    hyperparameters,
  };
  const conditions = startConditions({
    choice,
    hasDatasets: readyDatasets(datasets).length > 0,
    hasModels: readyModels(models).length > 0,
    environment,
    report,
  });
  const input = jobInput(form, choice);
  const start = useAction(async () => {
    if (input === null) return;
    const job = await client.request("jobs.create", input);
    store.setState((state) => receiveJob(state, job));
    if (input.keepLocal === true) void fetchKeptLocal(client, store);
    await navigate({ to: "/jobs/$jobId", params: { jobId: job.id } });
  });
  const canStart = input !== null && conditions.every(({ isBlocking }) => !isBlocking);
  return { form, change, choice, conditions, input: preflightInput(form, choice), canStart, start };
}
