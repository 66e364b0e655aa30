import { expect, test } from "vitest";
import { sampleHyperparameters } from "../quickstart/sample-hyperparameters.ts";
import { applySettings } from "./hyperparameter-options.ts";

test("numbers, lists, null and words are understood", () => {
  const changed = applySettings(sampleHyperparameters, [
    "rank=4",
    "learning_rate=1e-4",
    'target_modules=["q_proj","v_proj"]',
    "max_steps=null",
    "schedule=linear",
  ]);
  expect(changed).toMatchObject({
    rank: 4,
    learning_rate: 1e-4,
    target_modules: ["q_proj", "v_proj"],
    max_steps: null,
    schedule: "linear",
  });
});

test.each([
  ['sample_prompts=["What is 2+2?", "Name [one], please"]', ["What is 2+2?", "Name [one], please"]],
  ["sample_prompts=What is 2+2? a=b", ["What is 2+2? a=b"]],
  ["sample_prompts=42", ["42"]],
  ["sample_prompts=[]", []],
])("%s", (pair, prompts) => {
  expect(applySettings(sampleHyperparameters, [pair]).sample_prompts).toEqual(prompts);
});

test("a list of modules may go without its brackets", () => {
  const modules = (pair: string) => applySettings(sampleHyperparameters, [pair]).target_modules;
  expect(modules("target_modules=q_proj,v_proj")).toEqual(["q_proj", "v_proj"]);
  expect(modules("target_modules=all-linear")).toBe("all-linear");
});

test.each([
  ["sample_prompts=[Hi]", /sample_prompts/],
  ["sample_prompts=", /sample_prompts/],
  ["target_modules=q_proj,", /target_modules/],
  ["rang=4", /no hyperparameter “rang”. Known: .*rank/],
  ["toString=4", /no hyperparameter/],
  ["rank=0", /rank/],
  ["rank", /rank/],
  ["epochs=many", /epochs/],
  ["schedule=zigzag", /schedule/],
])("%s is refused with what would do", (pair, message) => {
  expect(() => applySettings(sampleHyperparameters, [pair])).toThrow(message);
});
