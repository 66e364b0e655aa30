import { expect, test } from "vitest";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { expectSteps } from "./expected-steps.ts";

const statistics = {
  rows: 1010,
  rejected: 0,
  duplicates: 10,
  turns: 2020,
  characters: 1010 * 400,
  longestRowCharacters: 40_000,
};
const settings = { ...HYPERPARAMETER_PRESETS.balanced, validation_share: 0.1 };

test("steps are those that the trainer takes", () => {
  // 900 rows in batches of 4 are 225; 4 of them a step are 57, three times over.
  expect(expectSteps(statistics, settings, null, 1)).toMatchObject({
    steps: 171,
    trainRows: 900,
    tokens: 900 * 100 * 3,
    longestTokens: 2048,
    isCounted: false,
  });
  expect(expectSteps(statistics, settings, null, 2).steps).toBe(3 * 29);
  expect(expectSteps(statistics, { ...settings, max_steps: 57 }, null, 1)).toMatchObject({
    steps: 57,
    tokens: 900 * 100,
  });
  expect(expectSteps(statistics, { ...settings, epochs: 1 / 3 }, null, 1).steps).toBe(19);
});

test("what an earlier run has counted takes the place of what is reckoned", () => {
  const counted = {
    rows: 1010,
    rejected: 0,
    duplicates_removed: 10,
    without_labels: 0,
    dropped_too_long: 0,
    truncated: 3,
    split: 0,
    train_rows: 905,
    validation_rows: 95,
    train_tokens: 123_456,
    label_tokens: 60_000,
  };
  expect(expectSteps(statistics, { ...settings, epochs: 1 }, counted, 1)).toMatchObject({
    trainRows: 905,
    tokens: 123_456,
    isCounted: true,
  });
});
