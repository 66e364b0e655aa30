import { z } from "zod";
import { deletionSchema } from "./deletion.ts";
import { hyperparametersSchema, presetIdSchema } from "./hyperparameters.ts";
import {
  accountingChangeSchema,
  jobAccountingSchema,
  jobBestSchema,
  jobDryRunSchema,
  jobHealthSchema,
  jobPlanSchema,
  jobProgressSchema,
} from "./job-facts.ts";
import {
  artifactSchema,
  jobSampleSchema,
  metricsPointSchema,
  timelineEntrySchema,
} from "./job-records.ts";
import { runDeviceSchema, runPhaseSchema } from "./run-folder.ts";
import { sampleRunSchema } from "./sample-run.ts";

/** Every change of a job's status, with its cause. */
export const jobTransitionSchema = z.object({
  seq: z.int().nonnegative(),
  at: z.iso.datetime(),
  attempt: z.int().nonnegative(),
  from: z.string().nullable(),
  to: z.string(),
  cause: z.string(),
});
export type JobTransition = z.infer<typeof jobTransitionSchema>;

const jobCommon = {
  id: z.uuid(),
  name: z.string(),
  dataset: z.object({ id: z.uuid(), name: z.string() }),
  baseModel: z.object({ name: z.string(), path: z.string() }),
  presetId: presetIdSchema,
  hyperparameters: hyperparametersSchema,
  device: runDeviceSchema,
  workstation: z.string(),
  /** 0 before the first launch; each resume counts one more. */
  attempt: z.int().nonnegative(),
  progress: jobProgressSchema,
  plan: jobPlanSchema.nullable(),
  dryRun: jobDryRunSchema.nullable(),
  best: jobBestSchema.nullable(),
  health: jobHealthSchema.nullable().default(null),
  accounting: jobAccountingSchema,
  runPath: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

/**
 * `checkpoint`: as soon as a checkpoint is written. `after_epoch`: at the end of the epoch.
 * `discard`: at once and without a checkpoint.
 */
export const stopModeSchema = z.enum(["checkpoint", "after_epoch", "discard"]);
export type StopMode = z.infer<typeof stopModeSchema>;
export const stopSchema = z.object({
  mode: stopModeSchema,
  /** How long the trainer may take before it is told by signals; null: as the settings say. */
  graceSeconds: z.int().min(0).max(86_400).nullable(),
});
export type JobStop = z.infer<typeof stopSchema>;

const queuedAt = z.iso.datetime();
const startedAt = z.iso.datetime();
const endedAt = z.iso.datetime();

/*
 * draft → queued → preparing → running → (stopping →) completed | stopped | failed | interrupted
 *           ↑                                                       └────────┴──────────┘
 *           └──────────────────────── resume ────────────────────────────────┘
 */
export const jobSchema = z.discriminatedUnion("status", [
  z.object({ ...jobCommon, status: z.literal("draft") }),
  z.object({
    ...jobCommon,
    status: z.literal("queued"),
    queuedAt,
    /** Why it is not running yet, in words; null when it is about to start. */
    waitingFor: z.string().nullable(),
    /** Not before then, after a failure that a retry may mend. */
    notBefore: z.iso.datetime().nullable().default(null),
  }),
  z.object({
    ...jobCommon,
    status: z.literal("preparing"),
    startedAt,
    phase: runPhaseSchema,
    message: z.string(),
  }),
  z.object({ ...jobCommon, status: z.literal("running"), startedAt, phase: runPhaseSchema }),
  z.object({
    ...jobCommon,
    status: z.literal("stopping"),
    startedAt,
    stopRequestedAt: z.iso.datetime(),
    stop: stopSchema.default({ mode: "checkpoint", graceSeconds: null }),
  }),
  z.object({
    ...jobCommon,
    status: z.literal("completed"),
    startedAt,
    endedAt,
    artifactId: z.uuid(),
  }),
  z.object({
    ...jobCommon,
    status: z.literal("stopped"),
    startedAt: startedAt.nullable(),
    endedAt,
  }),
  z.object({
    ...jobCommon,
    status: z.literal("failed"),
    startedAt: startedAt.nullable(),
    endedAt,
    error: z.object({ kind: z.string(), message: z.string(), remedy: z.string() }),
  }),
  z.object({
    ...jobCommon,
    status: z.literal("interrupted"),
    startedAt,
    endedAt,
    cause: z.string(),
  }),
]);
export type Job = z.infer<typeof jobSchema>;
export type JobStatus = Job["status"];
export type JobOf<S extends JobStatus> = Extract<Job, { status: S }>;

const idInput = z.object({ id: z.uuid() });

export const jobInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  datasetId: z.uuid(),
  modelId: z.string().min(1).max(200),
  presetId: presetIdSchema,
  hyperparameters: hyperparametersSchema,
  device: runDeviceSchema,
  accounting: jobAccountingSchema.default(jobAccountingSchema.parse({})),
  /** As with `datasets.import`; a job of a kept dataset is kept in any case. */
  keepLocal: z.boolean().optional(),
});
export type JobInput = z.infer<typeof jobInputSchema>;

export const jobProcedures = {
  "jobs.create": { input: jobInputSchema, output: jobSchema },
  "jobs.list": { input: z.object({}), output: z.array(jobSchema) },
  "jobs.get": { input: idInput, output: jobSchema },
  /** Asks the trainer to leave; a queued job is stopped at once. Asking again can only hurry it. */
  "jobs.stop": {
    input: z.object({
      id: z.uuid(),
      mode: stopModeSchema.default("checkpoint"),
      graceSeconds: z.int().min(0).max(86_400).nullable().default(null),
    }),
    output: jobSchema,
  },
  /** Asks a running trainer for a checkpoint now; the checkpoint's line in the history confirms. */
  "jobs.checkpoint": { input: idInput, output: z.null() },
  "jobs.setAccounting": {
    input: z.object({ id: z.uuid(), accounting: accountingChangeSchema }),
    output: jobSchema,
  },
  /** Every change of status since it was created, the first one first. */
  "jobs.history": { input: idInput, output: z.array(jobTransitionSchema) },
  /** Queues a stopped, failed or interrupted job again; it goes on from its newest checkpoint. */
  "jobs.resume": { input: idInput, output: jobSchema },
  /** What deleting it here would do elsewhere. */
  "jobs.deletion": { input: idInput, output: deletionSchema },
  /**
   * Removes an ended job, its run folder and its adapter for good. Of one that was downloaded only
   * the copy on this machine goes, and it can be downloaded again.
   */
  "jobs.delete": { input: idInput, output: z.null() },
  /**
   * Of each pixel of the asked window, the minima and maxima of training and validation loss, as
   * real points. Edges between pixels may be off by an eighth of a pixel.
   */
  "jobs.metrics": {
    input: z.object({
      id: z.uuid(),
      fromStep: z.int().nonnegative().optional(),
      toStep: z.int().nonnegative().optional(),
      pixels: z.int().min(1).max(10_000),
    }),
    output: z.object({ totalPoints: z.int().nonnegative(), points: z.array(metricsPointSchema) }),
  },
  "jobs.timeline": { input: idInput, output: z.array(timelineEntrySchema) },
  /** By step; within one in the order of the prompts. */
  "jobs.samples": { input: idInput, output: z.array(jobSampleSchema) },
  /** At most 256 KiB of `log.txt` from `offset` (bytes); negative: that many bytes from the end. */
  "jobs.log": {
    input: z.object({ id: z.uuid(), offset: z.int() }),
    output: z.object({
      text: z.string(),
      offset: z.int().nonnegative(),
      nextOffset: z.int().nonnegative(),
      sizeBytes: z.int().nonnegative(),
    }),
  },
  "jobs.config": { input: idInput, output: z.object({ text: z.string() }) },
  "artifacts.list": { input: z.object({}), output: z.array(artifactSchema) },
  "artifacts.get": { input: idInput, output: artifactSchema },
  "sample.train": { input: z.object({}), output: sampleRunSchema },
  "sample.status": { input: z.object({}), output: sampleRunSchema },
} as const;

export const jobTopics = {
  "jobs.changed": jobSchema,
  "jobs.removed": z.object({ id: z.uuid() }),
  /**
   * Keyed by job id; at most 10 batches a second. Where thousands come at once (a run is caught up
   * with) they are thinned out to minima and maxima.
   */
  "jobs.points": z.object({ id: z.uuid(), points: z.array(metricsPointSchema) }),
  /** Keyed by job id. */
  "jobs.timeline": z.object({ id: z.uuid(), entries: z.array(timelineEntrySchema) }),
  /** Keyed by job id. One of a step and prompt that is there already takes its place. */
  "jobs.samples": z.object({ id: z.uuid(), samples: z.array(jobSampleSchema) }),
  /** Keyed by job id: the log has grown to this size. */
  "jobs.logGrew": z.object({ id: z.uuid(), sizeBytes: z.int().nonnegative() }),
  "artifacts.changed": artifactSchema,
  "sample.changed": sampleRunSchema,
} as const;
