import { z } from "zod";
import { assertNever } from "../../shared/contract/assert-never.ts";
import { type Job, jobBestSchema } from "../../shared/contract/jobs.ts";
import { type ActiveState, isActive, jobErrorSchema, type JobState } from "./job-state.ts";

/** What the events of the present attempt have said of its end; kept, since they are read once. */
export const attemptReportSchema = z.object({
  error: jobErrorSchema.nullable(),
  done: z
    .object({
      reason: z.enum(["completed", "stopped"]),
      step: z.int(),
      seconds: z.number(),
      firstLoss: z.number().nullable(),
      lastLoss: z.number().nullable(),
      tokensPerSecond: z.number().nullable(),
      // Reports of before they were told have neither.
      best: jobBestSchema.nullable().default(null),
      adapterStep: z.int().nullable().default(null),
      adapter: z.object({ path: z.string(), files: z.array(z.string()) }).nullable(),
    })
    .nullable(),
  hasCheckpoint: z.boolean(),
});
export type AttemptReport = z.infer<typeof attemptReportSchema>;
export type DoneReport = NonNullable<AttemptReport["done"]>;

export const EMPTY_REPORT: AttemptReport = { error: null, done: null, hasCheckpoint: false };

/** Everything this machine knows of a job, as `job-store` reads and writes it. */
export interface JobRecord extends Pick<
  Job,
  | "id"
  | "name"
  | "dataset"
  | "baseModel"
  | "presetId"
  | "hyperparameters"
  | "device"
  | "workstation"
  | "attempt"
  | "progress"
  | "plan"
  | "dryRun"
  | "best"
  | "runPath"
  | "createdAt"
  | "updatedAt"
> {
  readonly state: JobState;
  /** Bytes of `events.jsonl` that are in the store. */
  readonly eventsOffset: number;
  readonly report: AttemptReport;
  readonly idleInterruptions: number;
  /** Relative to `runPath`; null until there is a result. */
  readonly adapterPath: string | null;
}

export type ActiveJob = JobRecord & { readonly state: ActiveState };

export function isActiveJob(record: JobRecord): record is ActiveJob {
  return isActive(record.state);
}

/** The job as clients see it. */
export function jobOf(record: JobRecord, waitingFor: string | null): Job {
  const { state, eventsOffset: _, report: __, idleInterruptions: ___, ...rest } = record;
  const { adapterPath: ____, ...common } = rest;
  switch (state.status) {
    case "queued":
      return { ...common, status: "queued", queuedAt: state.queuedAt, waitingFor };
    case "draft":
    case "preparing":
    case "running":
    case "stopping":
    case "completed":
    case "stopped":
    case "failed":
    case "interrupted":
      return { ...common, ...state };
    default:
      return assertNever(state);
  }
}
