import type { Dataset } from "../../shared/contract/datasets.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { SampleRun } from "../../shared/contract/sample-run.ts";
import type { BaseModel } from "../../shared/contract/models.ts";
import { readyDatasets } from "../datasets/datasets-slice.ts";
import { FORMAT_NAMES } from "../datasets/dataset-words.ts";
import { formatCountOf } from "../format/numbers.ts";
import { progressShare } from "../jobs/job-facts.ts";
import { STATUS_WORDS, activityWords, stepWords } from "../jobs/job-words.ts";
import { isEnded } from "../jobs/jobs-slice.ts";
import { readyModels } from "../models/models-slice.ts";

/*
 * From nothing to a trained adapter:   environment → model → dataset → run
 * Each step is open, under way, failed, or done. "Train the sample" goes through them by itself.
 */
export type FirstRunStep = {
  readonly id: "environment" | "model" | "dataset" | "run";
  readonly state: "open" | "under_way" | "failed" | "done";
  readonly message: string;
  /** 0 to 1; null when nothing is under way or nobody can tell how far it is. */
  readonly share: number | null;
};

export const FIRST_RUN_NAMES: Readonly<Record<FirstRunStep["id"], string>> = {
  environment: "Python environment",
  model: "Base model",
  dataset: "Dataset",
  run: "Run",
};

export type FirstRunInput = {
  readonly environment: EnvironmentStatus;
  readonly models: readonly BaseModel[];
  readonly datasets: readonly Dataset[];
  readonly jobs: readonly Job[];
  readonly sample: SampleRun;
};

type Outcome = Omit<FirstRunStep, "id">;

/** The guide is for whoever has no run behind them: it stays until the first one has ended. */
export function isFirstRun(jobs: readonly Job[], sample: SampleRun): boolean {
  if (jobs.some(isEnded)) return false;
  if (sample.state === "preparing" || sample.state === "failed") return true;
  return jobs.every((job) => sample.state === "launched" && sample.jobId === job.id);
}

export function firstRunSteps(input: FirstRunInput): readonly FirstRunStep[] {
  const { environment, models, datasets, jobs, sample } = input;
  const steps: readonly FirstRunStep[] = [
    { id: "environment", ...environmentStep(environment) },
    { id: "model", ...modelStep(models) },
    { id: "dataset", ...datasetStep(datasets) },
    { id: "run", ...runStep(jobs[0]) },
  ];
  if (sample.state !== "preparing") return steps;
  return steps.map((step) =>
    step.id === sample.step && step.state !== "done"
      ? { ...step, state: "under_way", message: sample.message }
      : step,
  );
}

/** "Step 2 of 4: base model"; null when the sample is not being prepared. */
export function sampleStepWords(sample: SampleRun): string | null {
  if (sample.state !== "preparing") return null;
  const order = Object.keys(FIRST_RUN_NAMES);
  const name = FIRST_RUN_NAMES[sample.step];
  const shown = sample.step === "environment" ? name : name.toLowerCase();
  return `Step ${order.indexOf(sample.step) + 1} of ${order.length}: ${shown}`;
}

function environmentStep(environment: EnvironmentStatus): Outcome {
  switch (environment.state) {
    case "unknown":
      return open("Not looked at yet.");
    case "missing":
      return open(environment.message);
    case "building":
      return { state: "under_way", message: environment.message, share: environment.share };
    case "broken":
      return { state: "failed", message: environment.failure.message, share: null };
    case "ready": {
      const { pythonVersion, torch } = environment.report;
      return done(`Python ${pythonVersion}, torch ${torch.version}`);
    }
  }
}

function modelStep(models: readonly BaseModel[]): Outcome {
  const usable = readyModels(models);
  const [first] = usable;
  if (first !== undefined) {
    const others = usable.length - 1;
    return done(others === 0 ? first.name : `${first.name} and ${others} more`);
  }
  const building = models.find((model) => model.status === "building");
  if (building?.status === "building") return { state: "under_way", ...building.progress };
  return open("One from your Hugging Face cache, a folder of yours, or a tiny one made here.");
}

function datasetStep(datasets: readonly Dataset[]): Outcome {
  const usable = readyDatasets(datasets);
  const [first] = usable;
  if (first !== undefined) {
    const { rows } = first.statistics;
    const others = usable.length - 1;
    const own = `${first.name}: ${formatCountOf(rows, "row")}, ${FORMAT_NAMES[first.format]}`;
    return done(others === 0 ? own : `${own}, and ${others} more`);
  }
  const importing = datasets.find(({ status }) => status === "importing");
  if (importing?.status === "importing") {
    const { bytesRead, bytesTotal } = importing.progress;
    const share = bytesTotal === 0 ? null : bytesRead / bytesTotal;
    return { state: "under_way", message: `Importing ${importing.fileName}`, share };
  }
  return open("Conversations, questions and answers, or plain text: .jsonl, .json or .txt.");
}

function runStep(job: Job | undefined): Outcome {
  if (job === undefined) return open("Trains an adapter and shows it live.");
  if (job.status === "completed") return done(job.name);
  if (job.status === "failed") return { state: "failed", message: job.error.message, share: null };
  const words = [STATUS_WORDS[job.status], stepWords(job.progress) ?? activityWords(job)];
  return {
    state: "under_way",
    message: words.filter((part) => part !== null).join(", "),
    share: progressShare(job),
  };
}

function open(message: string): Outcome {
  return { state: "open", message, share: null };
}

function done(message: string): Outcome {
  return { state: "done", message, share: null };
}
