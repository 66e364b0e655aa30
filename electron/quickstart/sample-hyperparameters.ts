import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../shared/types/lora-training.ts";

const { label: _label, use_when: _useWhen, ...balanced } = HYPERPARAMETER_PRESETS.balanced;

/**
 * For the tiny base model, which is so small that it takes a much higher learning rate than a real
 * one and learns the sample in well under a minute on two CPU cores.
 */
export const sampleHyperparameters: Hyperparameters = {
  ...balanced,
  learning_rate: 3e-3,
  batch_size: 8,
  gradient_accumulation_steps: 1,
  epochs: 6,
};
