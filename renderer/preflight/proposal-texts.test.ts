import { describe, expect, it } from "vitest";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { readHyperparameters, textsOf } from "../new-job/hyperparameter-texts.ts";
import { proposalTexts, proposalWords } from "./proposal-texts.ts";

describe("proposalTexts", () => {
  it("is what the form reads back as the proposed values", () => {
    const proposal = {
      batch_size: 2,
      gradient_accumulation_steps: 8,
      gradient_checkpointing: true,
      quantization: "nf4",
      learning_rate: 0.0001,
    };
    const texts = { ...textsOf(HYPERPARAMETER_PRESETS.balanced), ...proposalTexts(proposal) };
    expect(readHyperparameters(texts).values).toMatchObject(proposal);
  });

  it("leaves out what is no field of the form", () => {
    expect(proposalTexts({ batch_size: 1, device: "cpu" })).toEqual({ batch_size: "1" });
    expect(proposalTexts({ device: "cpu" })).toBeNull();
    expect(proposalTexts(null)).toBeNull();
  });
});

it("says a proposal by the names that the form has", () => {
  expect(proposalWords({ batch_size: 2, gradient_checkpointing: true })).toBe(
    "Batch size 2, Gradient checkpointing on",
  );
});
