import { z } from "zod";
import { assertNever } from "../../shared/contract/assert-never.ts";
import { jobBestSchema, type JobHealth } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
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
  | "accounting"
  | "runPath"
  | "createdAt"
  | "updatedAt"
> {
  readonly state: JobState;
  /** Bytes of `events.jsonl` that are in the store. */
  readonly eventsOffset: number;
  readonly report: AttemptReport;
  readonly idleInterruptions: number;
  /** The place in the queue among jobs of the same priority: the least comes first. */
  readonly queueRank: number;
  /** Retries in a row without a checkpoint in between. */
  readonly retriesUsed: number;
  /** Relative to `runPath`; null until there is a result. */
  readonly adapterPath: string | null;
}

export type ActiveJob = JobRecord & { readonly state: ActiveState };

export function isActiveJob(record: JobRecord): record is ActiveJob {
  return isActive(record.state);
}

/** What is known of a job at the moment and kept nowhere. */
export interface JobOutlook {
  readonly waitingFor: string | null;
  readonly health: JobHealth | null;
}

/** The job as clients see it. */
export function jobOf(record: JobRecord, { waitingFor, health }: JobOutlook): Job {
  const { state, eventsOffset: _, report: __, idleInterruptions: ___, ...rest } = record;
  const { adapterPath: ____, queueRank: _____, retriesUsed: ______, ...kept } = rest;
  const common = { ...kept, health };
  switch (state.status) {
    case "queued": {
      const { queuedAt, notBefore } = state;
      return { ...common, status: "queued", queuedAt, notBefore, waitingFor };
    }
    case "stopped": {
      const { isUnwanted: _______, ...shown } = state;
      return { ...common, ...shown };
    }
    case "draft":
    case "preparing":
    case "running":
    case "stopping":
    case "completed":
    case "failed":
    case "interrupted":
      return { ...common, ...state };
    default:
      return assertNever(state);
  }
}
