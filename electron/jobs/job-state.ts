import { z } from "zod";
import { stopSchema } from "../../shared/contract/jobs.ts";
import { runPhaseSchema } from "../../shared/contract/run-folder.ts";

const time = z.iso.datetime();

export const jobErrorSchema = z.object({
  kind: z.string(),
  message: z.string(),
  remedy: z.string(),
});
export type JobError = z.infer<typeof jobErrorSchema>;

/**
 * The part of a job that its lifecycle decides. Fields that cannot exist in a state are not there:
 * only a completed job has an artifact, only a failed one an error.
 */
export const jobStateSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("draft") }),
  z.object({
    status: z.literal("queued"),
    queuedAt: time,
    /** When the previous attempt was launched; null before the first. */
    startedAt: time.nullable(),
    /** An interrupted run goes on before others begin. */
    hasPriority: z.boolean(),
    /** Not before then, after a failure that a retry may mend. */
    notBefore: time.nullable().default(null),
    /** Why not before then. */
    delayCause: z.string().nullable().default(null),
  }),
  z.object({
    status: z.literal("preparing"),
    startedAt: time,
    phase: runPhaseSchema,
    message: z.string(),
  }),
  z.object({ status: z.literal("running"), startedAt: time, phase: runPhaseSchema }),
  z.object({
    status: z.literal("stopping"),
    startedAt: time,
    stopRequestedAt: time,
    stop: stopSchema.default({ mode: "checkpoint", graceSeconds: null }),
  }),
  z.object({
    status: z.literal("completed"),
    startedAt: time,
    endedAt: time,
    artifactId: z.uuid(),
  }),
  z.object({
    status: z.literal("stopped"),
    startedAt: time.nullable(),
    endedAt: time,
    /** It is to be deleted, as soon as its last process has left. */
    isUnwanted: z.boolean().default(false),
  }),
  z.object({
    status: z.literal("failed"),
    startedAt: time.nullable(),
    endedAt: time,
    error: jobErrorSchema,
  }),
  z.object({
    status: z.literal("interrupted"),
    startedAt: time,
    endedAt: time,
    cause: z.string(),
  }),
]);
export type JobState = z.infer<typeof jobStateSchema>;
export type JobStateOf<S extends JobState["status"]> = Extract<JobState, { status: S }>;
export type ActiveState = JobStateOf<"preparing" | "running" | "stopping">;

/** A process of this job exists or is about to: it holds its devices. */
export function isActive(state: JobState): state is ActiveState {
  return state.status === "preparing" || state.status === "running" || state.status === "stopping";
}

/** Nothing more happens by itself. Interrupted counts: only a resume leads on from there. */
export function hasEnded(state: JobState): boolean {
  switch (state.status) {
    case "completed":
    case "stopped":
    case "failed":
    case "interrupted":
      return true;
    default:
      return false;
  }
}
