import { describe, expect, it } from "vitest";
import type { Dataset } from "../../shared/contract/datasets.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { type SampleRun } from "../../shared/contract/sample-run.ts";
import type { BaseModel } from "../../shared/contract/models.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { firstRunSteps, isFirstRun, sampleStepWords } from "./first-run.ts";
import type { FirstRunInput } from "./first-run.ts";

const NOW = "2026-03-05T12:00:00.000Z";
const JOB = "00000000-0000-4000-8000-000000000101";
const DATASET = "00000000-0000-4000-8000-000000000001";
const idle: SampleRun = { state: "idle" };
const own = { source: "own", path: "/data/python" } as const;

const missing: EnvironmentStatus = { ...own, state: "missing", message: "It is built once." };
const built: EnvironmentStatus = {
  ...own,
  state: "ready",
  warnings: [],
  report: {
    pythonPath: "/data/python/bin/python",
    pythonVersion: "3.12.7",
    packages: {},
    torch: { version: "2.13.0", cudaVersion: null, devices: [], supportsBf16: true },
    checkedAt: NOW,
  },
};
const model: BaseModel = {
  id: "m1",
  name: "tiny",
  path: "/data/models/tiny",
  origin: "tiny",
  status: "ready",
  details: {
    architecture: "LlamaForCausalLM",
    modelType: "llama",
    parameters: 1_000_000,
    weightBytes: 4_000_000,
    dtype: "float32",
    contextTokens: 512,
    layers: 2,
    hiddenSize: 64,
    vocabularySize: 1024,
    hasTokenizer: true,
    hasChatTemplate: true,
  },
};
const file = {
  id: DATASET,
  name: "sample",
  description: "",
  fileName: "sample.jsonl",
  fileSizeBytes: 1000,
  createdAt: NOW,
  updatedAt: NOW,
  deletedAt: null,
};
const dataset: Dataset = {
  ...file,
  status: "ready",
  format: "messages",
  sha256: "a".repeat(64),
  statistics: {
    rows: 512,
    rejected: 0,
    duplicates: 0,
    turns: 1536,
    characters: 90_000,
    longestRowCharacters: 300,
  },
};
const { label: _label, use_when: _useWhen, ...hyperparameters } = HYPERPARAMETER_PRESETS.balanced;
const common = {
  id: JOB,
  name: "Sample run",
  dataset: { id: DATASET, name: "sample" },
  baseModel: { name: "tiny", path: "/data/models/tiny" },
  presetId: "balanced",
  hyperparameters,
  device: { kind: "cpu" },
  workstation: "here",
  attempt: 1,
  progress: { step: 30, totalSteps: 120, epoch: 0.5 },
  plan: null,
  dryRun: null,
  best: null,
  health: null,
  accounting: jobAccountingSchema.parse({}),
  runPath: "/data/runs/1",
  createdAt: NOW,
  updatedAt: NOW,
} as const;
const running: Job = { ...common, status: "running", startedAt: NOW, phase: "training" };
const stopped: Job = { ...common, status: "stopped", startedAt: NOW, endedAt: NOW };

const nothing: FirstRunInput = {
  environment: missing,
  models: [],
  datasets: [],
  jobs: [],
  sample: idle,
};
const statesOf = (input: FirstRunInput) => firstRunSteps(input).map(({ state }) => state);

describe("firstRunSteps", () => {
  it("leaves everything to be done on a fresh machine", () => {
    expect(statesOf(nothing)).toEqual(["open", "open", "open", "open"]);
  });

  it("tells what is there", () => {
    const steps = firstRunSteps({
      environment: built,
      models: [model, { ...model, id: "m2", name: "other" }],
      datasets: [dataset],
      jobs: [],
      sample: idle,
    });
    expect(steps.map(({ message }) => message).slice(0, 3)).toEqual([
      "Python 3.12.7, torch 2.13.0",
      "tiny and 1 more",
      "sample: 512 rows, Messages",
    ]);
    expect(steps.map(({ state }) => state)).toEqual(["done", "done", "done", "open"]);
  });

  it("shows how far the step is that the sample is at", () => {
    const building: EnvironmentStatus = {
      ...own,
      state: "building",
      step: "install",
      message: "Downloading torch",
      share: 0.4,
      startedAt: NOW,
    };
    const sample: SampleRun = { state: "preparing", step: "environment", message: "Installing" };
    const [environment] = firstRunSteps({ ...nothing, environment: building, sample });
    expect(environment).toEqual({
      id: "environment",
      state: "under_way",
      message: "Installing",
      share: 0.4,
    });
  });

  it("does not undo a finished step that the sample only looks at", () => {
    const sample: SampleRun = { state: "preparing", step: "environment", message: "Looking" };
    expect(statesOf({ ...nothing, environment: built, sample })[0]).toBe("done");
  });

  it("leaves out what cannot be used, and shows an import at its share", () => {
    const importing: Dataset = {
      ...file,
      status: "importing",
      progress: { bytesRead: 250, bytesTotal: 1000, rows: 10, rejected: 0 },
    };
    const unusable: BaseModel = {
      id: "m3",
      name: "old",
      path: "/old",
      origin: "folder",
      status: "unusable",
      failure: { kind: "unsupported", message: "The weights are a pickle file." },
    };
    const steps = firstRunSteps({ ...nothing, models: [unusable], datasets: [importing] });
    expect(steps[1]?.state).toBe("open");
    expect(steps[2]).toMatchObject({ state: "under_way", share: 0.25 });
  });

  it("follows the run", () => {
    const [, , , run] = firstRunSteps({ ...nothing, jobs: [running] });
    expect(run).toMatchObject({ state: "under_way", share: 0.25 });
    expect(run?.message).toContain("step 30 of 120");
  });
});

it("sampleStepWords says which of the steps the sample is at", () => {
  const at = (step: "environment" | "model") =>
    sampleStepWords({ state: "preparing", step, message: "" });
  expect(at("environment")).toBe("Step 1 of 4: Python environment");
  expect(at("model")).toBe("Step 2 of 4: base model");
  expect(sampleStepWords(idle)).toBeNull();
});

describe("isFirstRun", () => {
  it("lasts until a run has ended", () => {
    expect(isFirstRun([], idle)).toBe(true);
    expect(isFirstRun([], { state: "failed", message: "No network." })).toBe(true);
    expect(isFirstRun([running], { state: "launched", jobId: JOB })).toBe(true);
    expect(isFirstRun([stopped], { state: "launched", jobId: JOB })).toBe(false);
  });

  it("makes room for runs that are not the sample's", () => {
    expect(isFirstRun([running], idle)).toBe(false);
  });
});
