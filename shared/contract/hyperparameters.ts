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
  /** `nf4`: the base model's linear layers are held in 4 bits (QLoRA, Dettmers et al. 2023). */
  quantization: z.enum(["none", "nf4"]).default("none"),
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
  /** In optimiser steps; where it is given it takes the place of `warmup_share`. */
  warmup_steps: z.int().nonnegative().nullable().default(null),
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
  long_rows: z.enum(["drop", "truncate", "split"]),
  /**
   * The rows of a micro-batch in one sequence without padding, none seeing another. Never changes
   * which rows a step has. `auto`: where the device has attention for it, else batches by length.
   */
  packing: z.enum(["auto", "on", "off"]).default("auto"),
  /** Share of rows held out for validation; chosen by a seeded hash of the row. */
  validation_share: z.number().min(0).max(0.5),
  /** Optimiser steps between evaluations and between checkpoints. Null: a tenth of the run. */
  evaluate_every_steps: z.int().positive().nullable(),
  checkpoint_every_steps: z.int().positive().nullable(),
  /** Ends the run after this many evaluations in a row without a new best validation loss. */
  early_stopping_patience: z.int().positive().nullable().default(null),
  /** Which weights become the adapter: the last step's or those of the best validation loss. */
  adapter_from: z.enum(["last", "best"]).default("last"),
  /** Answered by the model in training at intervals, so that one sees what it learns. */
  sample_prompts: z.array(z.string().trim().min(1).max(4000)).max(8).default([]),
  /** Null: with every evaluation. */
  sample_every_steps: z.int().positive().nullable().default(null),
  sample_max_tokens: z.int().min(1).max(2048).default(128),
  gradient_checkpointing: z.boolean(),
  precision: z.enum(["auto", "bf16", "fp16", "fp32"]),
  /** `torch.compile`: minutes at the start for faster steps. */
  compile: z.boolean().default(false),
  /** Deterministic GPU kernels: slower, and the same losses to the last bit. CPU runs always are. */
  deterministic: z.boolean().default(false),
  /** Over several GPUs. `auto`: `data` where the model fits one of them, else `sharded`. */
  parallelism: z.enum(["auto", "data", "sharded"]).default("auto"),
  seed: z.int().min(0).max(2_147_483_647),
});
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;
