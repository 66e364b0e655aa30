import type { HyperparameterGroup } from "./hyperparameter-field.ts";

/** What the model writes while it learns. */
export const SAMPLES: HyperparameterGroup = {
  title: "Samples",
  fields: [
    {
      name: "sample_prompts",
      label: "Sample prompts",
      hint: "One on a line, at most 8; a line that ends with \\ goes on in the next. The model in training answers them, so that one sees what it learns.",
      kind: "prompts",
      whenEmpty: "none",
    },
    {
      name: "sample_every_steps",
      label: "Sample every",
      hint: "Empty: with every validation.",
      kind: "optional",
      unit: "steps",
      whenEmpty: "with validation",
    },
    {
      name: "sample_max_tokens",
      label: "Longest sample",
      hint: "It may end earlier by itself.",
      kind: "number",
      unit: "tokens",
    },
  ],
};

/** What decides speed, memory and repeatability. */
export const MACHINE: HyperparameterGroup = {
  title: "Machine",
  fields: [
    {
      name: "precision",
      label: "Precision",
      hint: "Auto takes bf16 where the device has it.",
      kind: "choice",
      choices: [
        { value: "auto", label: "Auto" },
        { value: "bf16", label: "bf16" },
        { value: "fp16", label: "fp16" },
        { value: "fp32", label: "fp32" },
      ],
    },
    {
      name: "gradient_checkpointing",
      label: "Gradient checkpointing",
      hint: "Less memory, about a third slower.",
      kind: "flag",
    },
    {
      name: "parallelism",
      label: "Over several GPUs",
      hint: "Without effect on a single GPU.",
      kind: "choice",
      choices: [
        { value: "auto", label: "Auto", detail: "Data where the model fits one GPU." },
        { value: "data", label: "Data", detail: "Each GPU holds the whole model." },
        { value: "sharded", label: "Sharded", detail: "The model is spread over the GPUs." },
      ],
    },
    {
      name: "compile",
      label: "Compile",
      hint: "Minutes at the start for faster steps.",
      kind: "flag",
    },
    {
      name: "deterministic",
      label: "Deterministic",
      hint: "Slower on GPUs; every loss repeats.",
      kind: "flag",
    },
    {
      name: "seed",
      label: "Seed",
      hint: "The same seed, the same order of rows.",
      kind: "number",
    },
  ],
};
