import { describe, expect, it } from "vitest";
import type { Job } from "../../shared/contract/jobs.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { earlyStopWords } from "./early-stop.ts";

function job(change: Partial<Job>, patience: number | null = 3): Job {
  return {
    status: "completed",
    progress: { step: 1200, totalSteps: 4000, epoch: 1 },
    best: { step: 900, loss: 1.25 },
    hyperparameters: {
      ...HYPERPARAMETER_PRESETS.balanced,
      early_stopping_patience: patience,
      adapter_from: "best",
    },
    ...change,
  } as Job;
}

describe("early stopping", () => {
  it("is told with its reason and whose weights the adapter has", () => {
    expect(earlyStopWords(job({}))).toEqual({
      title: "Stopped early at step 1,200 of 4,000",
      text: "3 validations in a row found no loss below 1.2500, that of step 900. The adapter has the weights of that step.",
    });
  });

  it("is not what ends a run at its last step, or one that was stopped", () => {
    const whole = { step: 4000, totalSteps: 4000, epoch: 3 };
    expect(earlyStopWords(job({ progress: whole }))).toBeNull();
    expect(earlyStopWords(job({ status: "stopped" }))).toBeNull();
    expect(earlyStopWords(job({}, null))).toBeNull();
  });
});
