import type { Hyperparameters } from "../../shared/contract/hyperparameters.ts";
import { formatCountOf } from "../format/numbers.ts";

export type HyperparameterName = keyof Hyperparameters;

/** What is counted, in the plural, as it stands behind a field; and one of it. */
const ONE_OF = { rows: "row", batches: "batch", tokens: "token", steps: "step" } as const;
type Unit = keyof typeof ONE_OF;

type Common = {
  readonly name: HyperparameterName;
  readonly label: string;
  /** What it does, for somebody who has not met it. */
  readonly hint: string;
};

/** How one hyperparameter is called, explained and chosen. */
export type HyperparameterField = Common &
  (
    | { readonly kind: "number"; readonly unit?: Unit }
    /** Empty means: the trainer chooses. */
    | { readonly kind: "optional"; readonly unit?: Unit; readonly whenEmpty: string }
    | { readonly kind: "choice"; readonly choices: readonly HyperparameterChoice[] }
    | { readonly kind: "modules" }
    | { readonly kind: "flag" }
  );

export type HyperparameterChoice = {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
};

export type HyperparameterGroup = {
  readonly title: string;
  readonly fields: readonly HyperparameterField[];
};

/** All of them, in the order in which one thinks about them. */
export const HYPERPARAMETER_GROUPS: readonly HyperparameterGroup[] = [
  {
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
          {
            value: "dora",
            label: "DoRA",
            detail: "Direction and size apart: slower, often better.",
          },
        ],
      },
      {
        name: "rank",
        label: "Rank",
        hint: "Size of the update, often 8 to 64.",
        kind: "number",
      },
      { name: "alpha", label: "Alpha", hint: "Strength of the update.", kind: "number" },
      {
        name: "dropout",
        label: "Dropout",
        hint: "0 to 0.9; more against overfitting.",
        kind: "number",
      },
      {
        name: "target_modules",
        label: "Target modules",
        hint: "all-linear, or names separated by commas.",
        kind: "modules",
      },
    ],
  },
  {
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
      { name: "weight_decay", label: "Weight decay", hint: "0 to 1.", kind: "number" },
      {
        name: "max_gradient_norm",
        label: "Largest gradient norm",
        hint: "Gradients are clipped to it.",
        kind: "number",
      },
    ],
  },
  {
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
        hint: "They are counted in either case.",
        kind: "choice",
        choices: [
          { value: "truncate", label: "Truncate" },
          { value: "drop", label: "Drop" },
        ],
      },
    ],
  },
  {
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
        name: "checkpoint_every_steps",
        label: "Checkpoint every",
        hint: "Empty: a tenth of the run.",
        kind: "optional",
        unit: "steps",
        whenEmpty: "a tenth of the run",
      },
    ],
  },
  {
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
        name: "seed",
        label: "Seed",
        hint: "The same seed, the same order of rows.",
        kind: "number",
      },
    ],
  },
];

/** The value of a field as it is read, such as "rsLoRA", "2e-4" or "a tenth of the run". */
export function hyperparameterText(field: HyperparameterField, values: Hyperparameters): string {
  const value = values[field.name];
  if (field.kind === "choice") {
    return field.choices.find((choice) => choice.value === value)?.label ?? String(value);
  }
  if (field.kind === "flag") return value === true ? "on" : "off";
  if (field.kind === "optional" && value === null) return field.whenEmpty;
  if (Array.isArray(value)) return value.join(", ");
  const figure = field.name === "learning_rate" ? plainRate(Number(value)) : String(value);
  const unit = field.kind === "number" || field.kind === "optional" ? field.unit : undefined;
  return unit === undefined ? figure : formatCountOf(Number(value), ONE_OF[unit], unit);
}

/** A learning rate with every digit it has, in the way it is typed: 0.0002 → "2e-4". */
export function plainRate(rate: number): string {
  return rate.toExponential().replace("e+", "e");
}
