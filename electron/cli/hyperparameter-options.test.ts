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
  ["rang=4", /no hyperparameter “rang”. Known: .*rank/],
  ["toString=4", /no hyperparameter/],
  ["rank=0", /rank/],
  ["rank", /rank/],
  ["epochs=many", /epochs/],
  ["schedule=zigzag", /schedule/],
])("%s is refused with what would do", (pair, message) => {
  expect(() => applySettings(sampleHyperparameters, [pair])).toThrow(message);
});
