import { describe, expect, it } from "vitest";
import { hyperparametersSchema } from "../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { HYPERPARAMETER_GROUPS, hyperparameterText } from "../jobs/hyperparameter-words.ts";
import type { HyperparameterName } from "../jobs/hyperparameter-field.ts";
import { readHyperparameters, textsOf } from "./hyperparameter-texts.ts";

const BALANCED = textsOf(HYPERPARAMETER_PRESETS.balanced);

function problemOf(name: HyperparameterName, text: string): string | undefined {
  const { values, problems } = readHyperparameters({ ...BALANCED, [name]: text });
  expect(values === null).toBe(problems[name] !== undefined);
  return problems[name];
}

describe("hyperparameters as text", () => {
  it("has a field for every hyperparameter", () => {
    const names = HYPERPARAMETER_GROUPS.flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(names.toSorted()).toEqual(Object.keys(hyperparametersSchema.shape).toSorted());
  });

  it("writes each value as it is read", () => {
    const values = { ...HYPERPARAMETER_PRESETS.balanced, gradient_accumulation_steps: 1 };
    const words = Object.fromEntries(
      HYPERPARAMETER_GROUPS.flatMap(({ fields }) =>
        fields.map((field) => [field.name, hyperparameterText(field, values)]),
      ),
    );
    expect(words).toMatchObject({
      method: "LoRA",
      rank: "16",
      learning_rate: "2e-4",
      gradient_accumulation_steps: "1 batch",
      max_sequence_tokens: "2,048 tokens",
      evaluate_every_steps: "a tenth of the run",
      gradient_checkpointing: "off",
    });
  });

  it("reads every preset back unchanged", () => {
    for (const preset of Object.values(HYPERPARAMETER_PRESETS)) {
      const { values } = readHyperparameters(textsOf(preset));
      expect(values).toEqual(hyperparametersSchema.parse(preset));
    }
  });

  it("writes learning rates as they are typed and lists of modules with commas", () => {
    expect(BALANCED.learning_rate).toBe("2e-4");
    const listed = { ...HYPERPARAMETER_PRESETS.balanced, target_modules: ["q_proj", "v_proj"] };
    expect(textsOf(listed).target_modules).toBe("q_proj, v_proj");
    expect(readHyperparameters(textsOf(listed)).values?.target_modules).toEqual([
      "q_proj",
      "v_proj",
    ]);
  });

  it("takes an empty optional field as: the trainer chooses", () => {
    const { values } = readHyperparameters({ ...BALANCED, max_steps: " " });
    expect(values?.max_steps).toBeNull();
    expect(problemOf("max_steps", "0")).toBe("Must be more than 0.");
  });

  it("says what is wrong with each value", () => {
    expect(problemOf("rank", "0")).toBe("Must be at least 1.");
    expect(problemOf("rank", "2000")).toBe("Must be at most 1024.");
    expect(problemOf("rank", "8.5")).toBe("Must be a whole number.");
    expect(problemOf("rank", "")).toBe("A number is needed here.");
    expect(problemOf("rank", "eight")).toBe("This is not a number.");
    expect(problemOf("alpha", "0")).toBe("Must be more than 0.");
    expect(problemOf("learning_rate", "0,0002")).toBe(
      "Use a point for decimals, and nothing between thousands.",
    );
    expect(problemOf("target_modules", "")).toBe(
      "Write all-linear, or names such as q_proj, v_proj.",
    );
    expect(problemOf("target_modules", "q proj!")).toBeDefined();
  });

  it("reads prompts from their lines", () => {
    const texts = { ...BALANCED, sample_prompts: "One?\n\nTwo?" };
    expect(readHyperparameters(texts).values?.sample_prompts).toEqual(["One?", "Two?"]);
    expect(problemOf("sample_prompts", "a\n".repeat(9))).toBe("At most 8 prompts.");
    expect(problemOf("sample_prompts", `a\n${"b".repeat(4001)}`)).toBe(
      "Prompt 2 is longer than 4,000 characters.",
    );
  });

  it("does not take for a number what only JavaScript does", () => {
    for (const text of ["0x10", "Infinity", "1e", "--1"]) {
      expect(problemOf("alpha", text)).toBe("This is not a number.");
    }
    expect(problemOf("learning_rate", "1E-4")).toBeUndefined();
    expect(problemOf("dropout", ".1")).toBeUndefined();
  });
});
