import { z } from "zod";
import { dataSummarySchema } from "./run-folder.ts";

export const jobProgressSchema = z.object({
  step: z.int().nonnegative(),
  totalSteps: z.int().nonnegative(),
  epoch: z.number().nonnegative(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** What the trainer found out before its first step. */
export const jobPlanSchema = z.object({
  parameters: z.int(),
  trainableParameters: z.int(),
  device: z.string(),
  precision: z.string(),
  data: dataSummarySchema,
  /** Processes that train together; null, as what follows, for runs of before it was told. */
  processes: z.int().positive().nullable().default(null),
  isPacked: z.boolean().nullable().default(null),
  attention: z.string().nullable().default(null),
  /** Name and version of what the run depends on, to repeat it. */
  packages: z.record(z.string(), z.string()).nullable().default(null),
});
export type JobPlan = z.infer<typeof jobPlanSchema>;

/** The longest micro-batch, tried before the first step of an attempt: upper bounds for the rest. */
export const jobDryRunSchema = z.object({
  rows: z.int().positive(),
  longestTokens: z.int().positive(),
  /** Of an optimiser step whose micro-batches are all as long as this one. */
  stepMs: z.number(),
  memoryMb: z.number(),
  /** Of the device (CUDA) or of the machine (CPU). */
  memoryLimitMb: z.number().nullable(),
  secondsLeft: z.number(),
});
export type JobDryRun = z.infer<typeof jobDryRunSchema>;

/** The lowest validation loss of a run so far, and the step it was found at. */
export const jobBestSchema = z.object({ step: z.int().nonnegative(), loss: z.number() });
export type JobBest = z.infer<typeof jobBestSchema>;

/** How a job stands in the queue and in the books; can be changed as long as it has not ended. */
export const jobAccountingSchema = z.object({
  priority: z.enum(["low", "normal", "high"]).default("normal"),
  /** Waits until this job is completed. */
  afterJobId: z.uuid().nullable().default(null),
  /** Two runs are on one GPU at a time only where both allow it. */
  mayShareGpu: z.boolean().default(false),
  /** How often it is tried again by itself after a failure that a retry can mend. */
  retries: z.int().min(0).max(10).default(3),
  /** A label by which costs are added up. */
  project: z.string().trim().min(1).max(100).nullable().default(null),
});
export type JobAccounting = z.infer<typeof jobAccountingSchema>;

const { priority, afterJobId, mayShareGpu, retries, project } = jobAccountingSchema.shape;
/** Without the defaults: what is not named stays as it is. */
export const accountingChangeSchema = z.object({
  priority: priority.removeDefault().optional(),
  afterJobId: afterJobId.removeDefault().optional(),
  mayShareGpu: mayShareGpu.removeDefault().optional(),
  retries: retries.removeDefault().optional(),
  project: project.removeDefault().optional(),
});

/** Something about a running job that a person should know. */
export const jobHealthSchema = z.object({
  kind: z.enum([
    "stalled",
    "vanished",
    "disk_low",
    "gpu_hot",
    "gpu_throttled",
    "gpu_fault",
    "loss_exploding",
  ]),
  since: z.iso.datetime(),
  message: z.string(),
  advice: z.string(),
});
export type JobHealth = z.infer<typeof jobHealthSchema>;
