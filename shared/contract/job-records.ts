import { z } from "zod";

/* What a run writes down and leaves behind: its curve, its timeline, its samples, its adapter. */

/** One optimiser step, or an evaluation at that step (then only `validationLoss` may be new). */
export const metricsPointSchema = z.object({
  step: z.int().nonnegative(),
  epoch: z.number().nonnegative(),
  trainingLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  learningRate: z.number().nullable(),
  gradientNorm: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  memoryMb: z.number().nullable(),
  recordedAt: z.iso.datetime(),
});
export type MetricsPoint = z.infer<typeof metricsPointSchema>;

/** Marks on the time axis and lines of a job's history. */
export const timelineEntrySchema = z.object({
  seq: z.int().nonnegative(),
  at: z.iso.datetime(),
  attempt: z.int().positive(),
  step: z.int().nonnegative().nullable(),
  kind: z.enum(["status", "sample", "checkpoint", "warning", "error", "done", "resumed"]),
  message: z.string(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** What the model in training answered to one of the run's fixed prompts. */
export const jobSampleSchema = z.object({
  step: z.int().nonnegative(),
  attempt: z.int().positive(),
  prompt: z.string(),
  text: z.string(),
  at: z.iso.datetime(),
});
export type JobSample = z.infer<typeof jobSampleSchema>;

export const artifactSchema = z.object({
  id: z.uuid(),
  jobId: z.uuid(),
  datasetId: z.uuid(),
  name: z.string(),
  path: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.int().nonnegative() })),
  baseModelName: z.string(),
  quality: z.object({
    firstLoss: z.number().nullable(),
    lastLoss: z.number().nullable(),
    validationLoss: z.number().nullable(),
    tokensPerSecond: z.number().nullable(),
    steps: z.int().nonnegative(),
    seconds: z.number().nonnegative(),
    /** Of the lowest validation loss; null when the run had no validation rows. */
    bestStep: z.int().nonnegative().nullable(),
    bestLoss: z.number().nullable(),
    /** The step whose weights the adapter has; null for adapters of before it was told. */
    adapterStep: z.int().nonnegative().nullable(),
  }),
  createdAt: z.iso.datetime(),
});
export type Artifact = z.infer<typeof artifactSchema>;
