import type { HyperparameterGroup } from "./hyperparameter-field.ts";

/** How much is seen at once, and how often. */
export const BATCHES: HyperparameterGroup = {
  title: "Batches and length",
  fields: [
    { name: "epochs", label: "Epochs", hint: "Passes over the dataset.", kind: "number" },
    {
      name: "max_steps",
      label: "Most steps",
      hint: "Ends earlier than the epochs.",
      kind: "optional",
      whenEmpty: "no limit",
    },
    {
      name: "batch_size",
      label: "Batch size",
      hint: "Held in memory at once.",
      kind: "number",
      unit: "rows",
    },
    {
      name: "gradient_accumulation_steps",
      label: "Accumulation",
      hint: "Micro-batches of one step.",
      kind: "number",
      unit: "batches",
    },
    {
      name: "max_sequence_tokens",
      label: "Longest row",
      hint: "Memory grows with it.",
      kind: "number",
      unit: "tokens",
    },
    {
      name: "long_rows",
      label: "Longer rows",
      hint: "They are counted in any case.",
      kind: "choice",
      choices: [
        { value: "truncate", label: "Truncate", detail: "The end is cut off." },
        { value: "split", label: "Split", detail: "Several sequences; nothing is lost." },
        { value: "drop", label: "Drop", detail: "The whole row is left out." },
      ],
    },
    {
      name: "packing",
      label: "Packing",
      hint: "No padding; the steps stay the same.",
      kind: "choice",
      choices: [
        { value: "auto", label: "Auto", detail: "Where the device has attention for it." },
        { value: "on", label: "On", detail: "Rows share one sequence and never see one another." },
        { value: "off", label: "Off", detail: "Rows of similar length are padded." },
      ],
    },
  ],
};

/** What is held out, when it is looked at, and what is kept. */
export const VALIDATION: HyperparameterGroup = {
  title: "Validation and checkpoints",
  fields: [
    {
      name: "validation_share",
      label: "Validation share",
      hint: "Rows held out: 0.05 is 5 %.",
      kind: "number",
    },
    {
      name: "evaluate_every_steps",
      label: "Validate every",
      hint: "Empty: a tenth of the run.",
      kind: "optional",
      unit: "steps",
      whenEmpty: "a tenth of the run",
    },
    {
      name: "early_stopping_patience",
      label: "Stop early after",
      hint: "In a row without a new best loss.",
      kind: "optional",
      unit: "validations",
      whenEmpty: "never",
    },
    {
      name: "adapter_from",
      label: "Adapter from",
      hint: "Whose weights become the adapter.",
      kind: "choice",
      choices: [
        { value: "last", label: "Last step" },
        { value: "best", label: "Best validation loss" },
      ],
    },
    {
      name: "checkpoint_every_steps",
      label: "Checkpoint every",
      hint: "Empty: a tenth of the run.",
      kind: "optional",
      unit: "steps",
      whenEmpty: "a tenth of the run",
    },
  ],
};
