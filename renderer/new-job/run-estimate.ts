import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";

export type RunEstimate = {
  /** Rows that one optimiser step sees. */
  readonly rowsPerStep: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  readonly steps: number;
};

/**
 * What a run will amount to, before the trainer has looked at the rows: duplicates and rows without
 * an answer are still among them, so it is an upper estimate. Each of several GPUs adds
 * micro-batches to a step.
 */
export function estimateRun(rows: number, values: Hyperparameters, gpus = 1): RunEstimate {
  const batchesPerStep = values.gradient_accumulation_steps * gpus;
  const rowsPerStep = values.batch_size * batchesPerStep;
  const validationRows = Math.round(rows * values.validation_share);
  const trainingRows = rows - validationRows;
  const batches = Math.ceil(trainingRows / values.batch_size);
  const stepsPerEpoch = Math.ceil(batches / batchesPerStep);
  const byEpochs = Math.max(1, Math.ceil(Number((values.epochs * stepsPerEpoch).toFixed(6))));
  const steps = values.max_steps === null ? byEpochs : Math.min(values.max_steps, byEpochs);
  return { rowsPerStep, trainingRows, validationRows, steps };
}
