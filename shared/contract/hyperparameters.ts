import { z } from "zod";

/*
 * Names are snake_case because the very same object is stored in the team's database
 * (`training_jobs.hyperparameters`), in `config.json` of a run, and read by the Python trainer.
 */
export const presetIdSchema = z.enum(["conservative", "balanced", "aggressive", "custom"]);
export type PresetId = z.infer<typeof presetIdSchema>;

export const hyperparametersSchema = z.object({
  /** LoRA (Hu et al. 2021), rank-stabilised LoRA (Kalajdzievski 2023), DoRA (Liu et al. 2024). */
  method: z.enum(["lora", "rslora", "dora"]),
  rank: z.int().min(1).max(1024),
  /** The update is scaled by alpha / rank (rsLoRA: alpha / √rank). */
  alpha: z.number().positive().max(4096),
  dropout: z.number().min(0).max(0.9),
  target_modules: z.union([
    z.literal("all-linear"),
    z.array(z.string().regex(/^[A-Za-z0-9_.]+$/)).min(1),
  ]),
  learning_rate: z.number().positive().max(1),
  schedule: z.enum(["cosine", "linear", "constant"]),
  /** Share of all steps during which the learning rate rises from 0. */
  warmup_share: z.number().min(0).max(1),
  weight_decay: z.number().min(0).max(1),
  max_gradient_norm: z.number().positive(),
  /** Rows per micro-batch. */
  batch_size: z.int().min(1).max(4096),
  gradient_accumulation_steps: z.int().min(1).max(4096),
  epochs: z.number().positive().max(1000),
  /** Stops after this many optimiser steps even if epochs remain. */
  max_steps: z.int().positive().nullable(),
  max_sequence_tokens: z.int().min(8).max(1_048_576),
  /** What happens to rows longer than `max_sequence_tokens`; always counted. */
  long_rows: z.enum(["drop", "truncate"]),
  /** Share of rows held out for validation; chosen by a seeded hash of the row. */
  validation_share: z.number().min(0).max(0.5),
  /** Optimiser steps between evaluations and between checkpoints. Null: a tenth of the run. */
  evaluate_every_steps: z.int().positive().nullable(),
  checkpoint_every_steps: z.int().positive().nullable(),
  gradient_checkpointing: z.boolean(),
  precision: z.enum(["auto", "bf16", "fp16", "fp32"]),
  seed: z.int().min(0).max(2_147_483_647),
});
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;
