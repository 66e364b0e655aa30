import { describe, expect, it } from "vitest";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";
import { estimateRun } from "./run-estimate.ts";

describe("the estimate of a run", () => {
  it("counts steps as the trainer does", () => {
    const values = { ...HYPERPARAMETER_PRESETS.balanced, validation_share: 0.1, epochs: 3 };
    // 90 rows: 23 batches of 4, 6 steps of 4 batches in each epoch.
    expect(estimateRun(100, values)).toEqual({
      rowsPerStep: 16,
      trainingRows: 90,
      validationRows: 10,
      steps: 18,
    });
    expect(estimateRun(100, values, 2)).toMatchObject({ rowsPerStep: 32, steps: 9 });
    expect(estimateRun(100, { ...values, max_steps: 5 }).steps).toBe(5);
    expect(estimateRun(100, { ...values, epochs: 0.5 }).steps).toBe(3);
    expect(estimateRun(1, { ...values, epochs: 0.1 }).steps).toBe(1);
  });
});
