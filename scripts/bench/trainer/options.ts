import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import {
  type Hyperparameters,
  hyperparametersSchema,
} from "../../../shared/contract/hyperparameters.ts";
import { HYPERPARAMETER_PRESETS } from "../../../shared/types/lora-training.ts";

const optionsSchema = z.object({
  rows: z
    .string()
    .transform((path) => resolve(path))
    .nullable(),
  device: z.enum(["cpu", "cuda"]),
  shape: z.enum(["tiny", "small", "llama-1b", "llama-8b"]).nullable(),
  steps: z.coerce.number().int().min(4),
  rounds: z.coerce.number().int().min(1),
  precision: z.enum(["fp32", "bf16"]).nullable(),
  checkpointing: z.boolean(),
});

export interface Options {
  /** JSONL of question and answer; null: generated. */
  rows: string | null;
  device: "cpu" | "cuda";
  shape: "tiny" | "small" | "llama-1b" | "llama-8b";
  /** How often each trainer runs, in turns. */
  rounds: number;
  hyperparameters: Hyperparameters;
}

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: "string" },
      device: { type: "string", default: "cpu" },
      shape: { type: "string" },
      steps: { type: "string", default: "30" },
      rounds: { type: "string", default: "2" },
      precision: { type: "string" },
      checkpointing: { type: "boolean", default: false },
    },
  });
  const read = optionsSchema.parse({
    ...values,
    rows: values.rows ?? null,
    shape: values.shape ?? null,
    precision: values.precision ?? null,
  });
  const isCuda = read.device === "cuda";
  const shape = read.shape ?? (isCuda ? "llama-1b" : "small");
  return {
    rows: read.rows,
    device: read.device,
    shape,
    rounds: read.rounds,
    hyperparameters: hyperparametersSchema.parse({
      // What the app proposes for a first run; what follows is only for the comparison.
      ...HYPERPARAMETER_PRESETS.balanced,
      learning_rate: 1e-3,
      max_sequence_tokens: isCuda ? 2048 : 512,
      max_steps: read.steps,
      epochs: 1,
      validation_share: 0,
      evaluate_every_steps: read.steps,
      checkpoint_every_steps: read.steps,
      gradient_checkpointing: read.checkpointing,
      precision: read.precision ?? (isCuda ? "bf16" : "fp32"),
    }),
  };
}
