import type { Hyperparameters } from "../../../shared/contract/hyperparameters.ts";
import type { StepEnd } from "./step-rate.ts";

export interface TrainingTask {
  /** Of this run alone; does not exist yet. */
  folder: string;
  model: string;
  shape: string;
  /** JSONL of question and answer. */
  rows: string;
  /** The GPU's UUID; null: on the CPU. */
  gpu: string | null;
  hyperparameters: Hyperparameters;
}

export interface Trained {
  steps: StepEnd[];
  /** The most so far when the last step ended: of the device (CUDA) or of the process. */
  memoryMb: number;
  secondsToFirstStep: number;
  /** Of all rows, without padding. */
  tokens: number;
  labelTokens: number;
  trainableParameters: number;
  adapter: string;
  settings: Record<string, unknown>;
}
