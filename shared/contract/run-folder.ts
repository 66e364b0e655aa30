import { z } from "zod";
import { datasetFormatSchema } from "./datasets.ts";
import { hyperparametersSchema } from "./hyperparameters.ts";

/*
 * The files that the app, the runner and the trainer share in `runs/<job id>/`. Names inside are
 * snake_case because Python reads and writes them too.
 *
 *   app      writes  config.json (once, before launch), command.json
 *   runner   writes  heartbeat.json, power.jsonl, exit.json
 *   trainer  writes  events.jsonl, checkpoints/, adapter/
 *   log.txt takes stdout and stderr of runner and trainer.
 *
 * events.jsonl is append-only. A reader takes whole lines only; a writer that finds half a line at
 * the end (its predecessor was killed) cuts it off before it appends.
 */
const version = z.literal(1);

export const runDeviceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cpu") }),
  z.object({
    kind: z.literal("cuda"),
    uuids: z.array(z.string()).min(1),
    /** More than one machine: the same for all but `rank`; the run is started on each of them. */
    cluster: z
      .object({
        machines: z.int().min(2),
        rank: z.int().nonnegative(),
        /** host:port of the machine with rank 0. */
        rendezvous: z.string().regex(/^[A-Za-z0-9.:[\]-]+:\d{1,5}$/),
      })
      .optional(),
  }),
]);
export type RunDevice = z.infer<typeof runDeviceSchema>;

export const runConfigSchema = z.object({
  v: version,
  run: z.uuid(),
  name: z.string(),
  created_at: z.iso.datetime(),
  app_version: z.string(),
  base_model: z.object({ name: z.string(), path: z.string() }),
  dataset: z.object({
    id: z.uuid(),
    name: z.string(),
    path: z.string(),
    format: datasetFormatSchema,
    sha256: z.string().length(64),
  }),
  hyperparameters: hyperparametersSchema,
  device: runDeviceSchema,
});
export type RunConfig = z.infer<typeof runConfigSchema>;

export const runPhaseSchema = z.enum([
  "starting",
  "loading_model",
  "preparing_data",
  "training",
  "evaluating",
  "saving",
  "stopping",
]);
export type RunPhase = z.infer<typeof runPhaseSchema>;

const eventBase = {
  v: version,
  /** Rises by one per event over all attempts of a run. */
  seq: z.int().nonnegative(),
  /** Seconds since 1970, UTC. */
  ts: z.number(),
  run: z.uuid(),
  attempt: z.int().positive(),
};
const step = z.int().nonnegative();
const epoch = z.number().nonnegative();

/** What became of the rows of the dataset on the way to token sequences. */
export const dataSummarySchema = z.object({
  rows: z.int(),
  rejected: z.int(),
  duplicates_removed: z.int(),
  without_labels: z.int(),
  dropped_too_long: z.int(),
  truncated: z.int(),
  /** Rows that were cut into several sequences. */
  split: z.int().default(0),
  train_rows: z.int(),
  validation_rows: z.int(),
  train_tokens: z.int(),
  label_tokens: z.int(),
});
export type DataSummary = z.infer<typeof dataSummarySchema>;

export const runEventSchema = z.discriminatedUnion("type", [
  z.object({
    ...eventBase,
    type: z.literal("status"),
    phase: runPhaseSchema,
    message: z.string(),
    /** Present on the first `training` status of an attempt. `from_step` > 0 after a resume. */
    plan: z
      .object({
        total_steps: z.int().nonnegative(),
        from_step: step,
        parameters: z.int(),
        trainable_parameters: z.int(),
        device: z.string(),
        precision: z.string(),
        data: dataSummarySchema,
        /** Processes that train together. */
        processes: z.int().positive().optional(),
        is_packed: z.boolean().optional(),
        attention: z.string().optional(),
        /** Name and version of what the run depends on, to repeat it. */
        packages: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
  }),
  z.object({
    ...eventBase,
    type: z.literal("step"),
    step,
    epoch,
    /** Mean over the label tokens of the step. Null when it is not finite. */
    loss: z.number().nullable(),
    learning_rate: z.number(),
    grad_norm: z.number().nullable(),
    /** Non-padding tokens since the start of the run. */
    tokens: z.int().nonnegative(),
    tokens_per_second: z.number(),
    step_ms: z.number(),
    /** Peak of the device's memory (CUDA) or of the process's resident memory (CPU). */
    memory_mb: z.number(),
  }),
  z.object({
    ...eventBase,
    type: z.literal("eval"),
    step,
    epoch,
    loss: z.number().nullable(),
    perplexity: z.number().nullable(),
    rows: z.int().positive(),
    /** The lowest validation loss of the run so far. */
    is_best: z.boolean().optional(),
  }),
  /** One forward and backward on the longest micro-batch, before the first step of an attempt. */
  z.object({
    ...eventBase,
    type: z.literal("dry_run"),
    rows: z.int().positive(),
    longest_tokens: z.int().positive(),
    /** Of the whole optimiser step, all micro-batches as long as this one: an upper bound. */
    step_ms: z.number(),
    memory_mb: z.number(),
    /** Of the device (CUDA) or of the machine (CPU); null when it is not known. */
    memory_limit_mb: z.number().nullable(),
    /** Of the steps that remain, at most. */
    seconds_left: z.number(),
  }),
  z.object({ ...eventBase, type: z.literal("sample"), step, prompt: z.string(), text: z.string() }),
  z.object({
    ...eventBase,
    type: z.literal("checkpoint"),
    step,
    path: z.string(),
    bytes: z.int().nonnegative(),
  }),
  z.object({ ...eventBase, type: z.literal("warning"), kind: z.string(), message: z.string() }),
  z.object({
    ...eventBase,
    type: z.literal("error"),
    kind: z.string(),
    message: z.string(),
    remedy: z.string(),
  }),
  z.object({
    ...eventBase,
    type: z.literal("done"),
    reason: z.enum(["completed", "stopped"]),
    step,
    /** The step whose weights the adapter has: not the last one where the best were asked for. */
    adapter_step: step.optional(),
    best: z.object({ step, loss: z.number() }).nullable().optional(),
    is_stopped_early: z.boolean().optional(),
    seconds: z.number(),
    first_loss: z.number().nullable(),
    last_loss: z.number().nullable(),
    /** Mean over the run. */
    tokens_per_second: z.number().nullable(),
    /** Relative to the run folder; null when the run was stopped before its end. */
    adapter: z.object({ path: z.string(), files: z.array(z.string()), bytes: z.int() }).nullable(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;
export type RunEventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** A process can be told from a later one with the same pid by its start time and the boot. */
export const processIdentitySchema = z.object({
  pid: z.int().positive(),
  /** As the operating system gives it (Linux: clock ticks since boot, /proc/<pid>/stat field 22). */
  start_time: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

export const heartbeatSchema = z.object({
  v: version,
  ts: z.number(),
  attempt: z.int().positive(),
  boot_id: z.string(),
  /** Random, given to runner and trainer at launch: tells them from any other process. */
  nonce: z.string().optional(),
  runner: processIdentitySchema,
  trainer: processIdentitySchema.nullable(),
  phase: z.enum(["starting", "running", "stopping", "exited"]),
  /** One entry per GPU of the run; empty on the CPU or when nvidia-smi cannot say. */
  gpus: z.array(
    z.object({
      uuid: z.string(),
      utilization_percent: z.number().nullable(),
      memory_used_mb: z.number().nullable(),
      temperature_c: z.number().nullable(),
      power_w: z.number().nullable(),
    }),
  ),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** A line of power.jsonl, which the runner appends to every 2 s while it can ask for the power. */
export const powerSampleSchema = z.object({
  v: version,
  ts: z.number(),
  attempt: z.int().positive(),
  gpus: z.array(z.object({ uuid: z.string(), power_w: z.number().nonnegative().nullable() })),
});
export type PowerSample = z.infer<typeof powerSampleSchema>;

export const commandSchema = z.object({
  v: version,
  id: z.uuid(),
  attempt: z.int().positive(),
  /** `stop` writes a checkpoint first; `discard` does not; `stop_after_epoch` goes on until then. */
  action: z.enum(["stop", "stop_after_epoch", "discard", "checkpoint"]),
  ts: z.number(),
});
export type RunCommand = z.infer<typeof commandSchema>;

/** The trainer ends with 0 (completed), 10 (stopped with a checkpoint) or 1 (failed, see `error`). */
export const runExitSchema = z.object({
  v: version,
  ts: z.number(),
  attempt: z.int().positive(),
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  cause: z.enum([
    "completed",
    "stopped",
    "failed",
    "killed",
    "out_of_memory",
    "runner_error",
    /** Another process holds a GPU of the run: nothing was started. */
    "gpu_taken",
  ]),
  message: z.string(),
});
export type RunExit = z.infer<typeof runExitSchema>;

/** Last in a checkpoint folder: only a folder whose files match it may be resumed from. */
export const checkpointManifestSchema = z.object({
  v: version,
  step,
  epoch,
  attempt: z.int().positive(),
  created_at: z.number(),
  files: z.record(z.string(), z.object({ sha256: z.string().length(64), bytes: z.int() })),
});
export type CheckpointManifest = z.infer<typeof checkpointManifestSchema>;
