import type { HyperparameterGroup } from "./hyperparameter-field.ts";

/** What is trained: the shape of the update and the form of the weights below it. */
export const ADAPTER: HyperparameterGroup = {
  title: "Adapter",
  fields: [
    {
      name: "method",
      label: "Method",
      hint: "How the update of a weight is built.",
      kind: "choice",
      choices: [
        { value: "lora", label: "LoRA", detail: "Scaled by alpha / rank." },
        { value: "rslora", label: "rsLoRA", detail: "Scaled by alpha / √rank: for high ranks." },
        { value: "dora", label: "DoRA", detail: "Direction and size apart: slower, often better." },
      ],
    },
    {
      name: "quantization",
      label: "4-bit base (QLoRA)",
      hint: "Large models on small GPUs.",
      kind: "choice",
      choices: [
        { value: "none", label: "Off", detail: "The base model as it is stored." },
        {
          value: "nf4",
          label: "On (NF4)",
          detail: "A third of the memory for its weights. Needs bitsandbytes.",
        },
      ],
    },
    {
      name: "target_modules",
      label: "Target modules",
      hint: "all-linear, or names separated by commas.",
      kind: "modules",
    },
    { name: "rank", label: "Rank", hint: "Size of the update, often 8 to 64.", kind: "number" },
    { name: "alpha", label: "Alpha", hint: "Strength of the update.", kind: "number" },
    {
      name: "dropout",
      label: "Dropout",
      hint: "0 to 0.9; more against overfitting.",
      kind: "number",
    },
  ],
};

/** How it is trained. */
export const OPTIMISER: HyperparameterGroup = {
  title: "Optimiser",
  fields: [
    {
      name: "learning_rate",
      label: "Learning rate",
      hint: "At its peak, such as 2e-4.",
      kind: "number",
    },
    {
      name: "schedule",
      label: "Schedule",
      hint: "How the learning rate falls.",
      kind: "choice",
      choices: [
        { value: "cosine", label: "Cosine" },
        { value: "linear", label: "Linear" },
        { value: "constant", label: "Constant" },
      ],
    },
    {
      name: "warmup_share",
      label: "Warm-up",
      hint: "Share of the run: 0.03 is 3 %.",
      kind: "number",
    },
    {
      name: "warmup_steps",
      label: "Warm-up steps",
      hint: "Given, they replace the share.",
      kind: "optional",
      unit: "steps",
      whenEmpty: "by share",
    },
    { name: "weight_decay", label: "Weight decay", hint: "0 to 1.", kind: "number" },
    {
      name: "max_gradient_norm",
      label: "Largest gradient norm",
      hint: "Gradients are clipped to it.",
      kind: "number",
    },
  ],
};
