import { describe, expect, it } from "vitest";
import type { ReadyDataset } from "../../shared/contract/datasets.ts";
import { jobInputSchema } from "../../shared/contract/jobs.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { readHyperparameters } from "./hyperparameter-texts.ts";
import { changeForm, jobInput, preflightInput, startForm } from "./job-form.ts";
import type { FormStart, JobChoice } from "./job-form.ts";

const FIRST = "00000000-0000-4000-8000-000000000001";
const SECOND = "00000000-0000-4000-8000-000000000002";

function begin(change: Partial<FormStart> = {}) {
  return startForm({ datasets: [], models: [], jobs: [], wished: {}, ...change });
}

function choiceOf(change: Partial<JobChoice> = {}): JobChoice {
  return {
    dataset: { id: FIRST, name: "rows" } as ReadyDataset,
    model: { id: "a", name: "org/base" } as ReadyModel,
    name: "rows on base",
    device: { kind: "cpu" },
    hyperparameters: readHyperparameters(begin().texts),
    ...change,
  };
}

describe("queue and accounting", () => {
  const choice = choiceOf();

  it("go along with the request, without blanks for a project", () => {
    const form = changeForm(begin(), {
      type: "accounting",
      accounting: { priority: "high", project: "  " },
    });
    const input = jobInput(form, choice);
    expect(input?.accounting).toMatchObject({ priority: "high", project: null, retries: 3 });
    expect(jobInputSchema.safeParse(input).success).toBe(true);
  });

  it("are repeated with a job, but for what that one waited for", () => {
    const accounting = { ...begin().accounting, project: "tones", afterJobId: SECOND };
    const source = {
      id: FIRST,
      accounting,
      presetId: "balanced",
      hyperparameters: HYPERPARAMETER_PRESETS.balanced,
      device: { kind: "cpu" },
      dataset: { id: FIRST },
      baseModel: { path: "/models/a" },
    } as unknown as Job;
    const form = begin({ jobs: [source], wished: { from: FIRST } });
    expect(form.accounting).toEqual({ ...accounting, afterJobId: null });
  });
});

describe("the preflight", () => {
  it("does not need a name", () => {
    const choice = choiceOf({ name: "" });
    expect(jobInput(begin(), choice)).toBeNull();
    expect(jobInputSchema.safeParse(preflightInput(begin(), choice)).success).toBe(true);
    expect(preflightInput(begin(), choiceOf({ dataset: undefined }))).toBeNull();
  });

  it("proposes values that make the preset custom", () => {
    const form = changeForm(begin(), { type: "proposal", texts: { batch_size: "1" } });
    expect(form).toMatchObject({ presetId: "custom", texts: { batch_size: "1" } });
  });
});

describe("a job that is to stay on this computer", () => {
  it("says so in the request, and others do not", () => {
    const kept = changeForm(begin(), { type: "keepLocal", isKept: true });
    expect(jobInput(kept, choiceOf())).toMatchObject({ keepLocal: true });
    expect(jobInput(begin(), choiceOf())).not.toHaveProperty("keepLocal");
    // Where it goes makes no difference to what the core is to look at.
    expect(preflightInput(kept, choiceOf())).toEqual(preflightInput(begin(), choiceOf()));
  });

  it("is repeated as one", () => {
    const source = {
      id: FIRST,
      accounting: begin().accounting,
      presetId: "balanced",
      hyperparameters: HYPERPARAMETER_PRESETS.balanced,
      device: { kind: "cpu" },
      dataset: { id: FIRST },
      baseModel: { path: "/models/a" },
    } as unknown as Job;
    const about = { jobs: [source], wished: { from: FIRST } };
    expect(begin({ ...about, keptJobs: [FIRST] }).isKeptLocal).toBe(true);
    expect(begin({ ...about, keptJobs: [SECOND] }).isKeptLocal).toBe(false);
  });
});
