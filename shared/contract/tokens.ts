import { z } from "zod";
import { hyperparametersSchema } from "./hyperparameters.ts";

/** One token of a row. `start` and `end` are UTF-16 offsets into the row's `text`. */
export const rowTokenSchema = z.object({
  id: z.int().nonnegative(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** The model learns to say it; all others it only reads. */
  isLabel: z.boolean(),
  /** Which of the row's training sequences it goes to; null when it is cut off. */
  sequence: z.int().nonnegative().nullable(),
});
export type RowToken = z.infer<typeof rowTokenSchema>;

export const tokenOutcomeSchema = z.enum([
  "kept",
  "rejected",
  "without_labels",
  "dropped_too_long",
  "truncated",
  "split",
  "refused",
]);
export type TokenOutcome = z.infer<typeof tokenOutcomeSchema>;

export const inspectedRowSchema = z.object({
  /** The `index` of the row in `datasets.preview`. */
  row: z.int().nonnegative(),
  outcome: tokenOutcomeSchema,
  /** Why the row is not trained on as it is; null when there is nothing to say. */
  reason: z.string().nullable(),
  /** The row as the model reads it, special tokens included. */
  text: z.string(),
  tokens: z.array(rowTokenSchema),
  tokenCount: z.int().nonnegative(),
  labelCount: z.int().nonnegative(),
});
export type InspectedRow = z.infer<typeof inspectedRowSchema>;

export const tokenInspectionSchema = z.object({
  datasetId: z.uuid(),
  modelId: z.string(),
  /** `chatml`: the model has no chat template of its own; `none`: raw text needs none. */
  template: z.enum(["model", "chatml", "none"]),
  /** What tells the tokens to learn: the template's own marks, a search for the turns, or all. */
  marking: z.enum(["generation", "search", "whole_text"]),
  maxSequenceTokens: z.int().positive(),
  /** In the order in which they were asked for. */
  rows: z.array(inspectedRowSchema),
});
export type TokenInspection = z.infer<typeof tokenInspectionSchema>;

export const tokenProcedures = {
  /**
   * Renders rows with the model's chat template and tokenises them, as a training run would. Takes
   * some seconds: the trainer's own code does it, in a process of its own.
   */
  "datasets.inspectTokens": {
    input: z.object({
      datasetId: z.uuid(),
      modelId: z.string().min(1).max(200),
      rows: z.array(z.int().nonnegative()).min(1).max(50),
      maxSequenceTokens: hyperparametersSchema.shape.max_sequence_tokens,
      longRows: hyperparametersSchema.shape.long_rows,
    }),
    output: tokenInspectionSchema,
  },
} as const;
