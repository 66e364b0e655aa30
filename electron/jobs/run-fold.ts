import { assertNever } from "../../shared/contract/assert-never.ts";
import type { JobSample } from "../../shared/contract/job-records.ts";
import type { JobDryRun } from "../../shared/contract/job-facts.ts";
import type { RunEvent, RunEventOf } from "../../shared/contract/run-folder.ts";
import { eventTime } from "./event-time.ts";
import type { JobRecord } from "./job-record.ts";
import { transition } from "./lifecycle.ts";
import type { NewPoint } from "./metrics-record.ts";
import { timelineEntryOf } from "./timeline-entry.ts";
import type { NewTimelineEntry } from "./timeline-store.ts";

export interface Fold {
  record: JobRecord;
  points: NewPoint[];
  samples: JobSample[];
  entries: NewTimelineEntry[];
}

/**
 * What a batch of events means for a job: pure, so that it can be committed together with the
 * offset it was read from. Events that an earlier attempt left unread still give points and
 * history; only those of the present attempt move the job.
 */
export function foldEvents(record: JobRecord, events: readonly RunEvent[]): Fold {
  const fold: Fold = { record, points: [], samples: [], entries: [] };
  /** The newest step that the record does not tell of yet; a copy of it for each would be dear. */
  let reached: RunEventOf<"step"> | null = null;
  for (const event of events) {
    const isPresent = event.attempt === record.attempt;
    if (event.type === "step") {
      fold.points.push(pointOf(event));
      if (isPresent) reached = event;
      continue;
    }
    if (event.type === "eval") fold.points.push(pointOf(event));
    if (event.type === "sample") fold.samples.push(sampleOf(event));
    const entry = timelineEntryOf(event);
    if (entry !== null) fold.entries.push(entry);
    if (!isPresent) continue;
    fold.record = advance(atStep(fold.record, reached), event);
    reached = null;
  }
  fold.record = atStep(fold.record, reached);
  return fold;
}

function atStep(record: JobRecord, event: RunEventOf<"step"> | null): JobRecord {
  if (event === null) return record;
  const { step, epoch } = event;
  return { ...record, progress: { ...record.progress, step, epoch } };
}

function advance(record: JobRecord, event: Exclude<RunEvent, RunEventOf<"step">>): JobRecord {
  switch (event.type) {
    case "status":
      return startPlan(enterPhase(record, event), event);
    case "checkpoint":
      return { ...record, report: { ...record.report, hasCheckpoint: true } };
    case "error": {
      const { kind, message, remedy } = event;
      return { ...record, report: { ...record.report, error: { kind, message, remedy } } };
    }
    case "done":
      return {
        ...record,
        best: event.best ?? record.best,
        report: { ...record.report, done: doneReportOf(event) },
      };
    case "dry_run":
      return { ...record, dryRun: dryRunOf(event) };
    case "eval":
      return event.is_best === true && event.loss !== null
        ? { ...record, best: { step: event.step, loss: event.loss } }
        : record;
    case "sample":
    case "warning":
      return record;
    default:
      return assertNever(event);
  }
}

function enterPhase(record: JobRecord, { phase, message }: RunEventOf<"status">): JobRecord {
  return { ...record, state: transition(record.state, { type: "phase", phase, message }).state };
}

function startPlan(record: JobRecord, { plan }: RunEventOf<"status">): JobRecord {
  if (plan === undefined) return record;
  const isFresh = plan.from_step === 0;
  return {
    ...record,
    plan: {
      parameters: plan.parameters,
      trainableParameters: plan.trainable_parameters,
      device: plan.device,
      precision: plan.precision,
      data: plan.data,
      processes: plan.processes ?? null,
      isPacked: plan.is_packed ?? null,
      attention: plan.attention ?? null,
      packages: plan.packages ?? null,
    },
    best: isFresh ? null : record.best,
    progress: {
      step: plan.from_step,
      totalSteps: plan.total_steps,
      epoch: isFresh ? 0 : record.progress.epoch,
    },
  };
}

function doneReportOf(event: RunEventOf<"done">): NonNullable<JobRecord["report"]["done"]> {
  return {
    reason: event.reason,
    step: event.step,
    seconds: event.seconds,
    firstLoss: event.first_loss,
    lastLoss: event.last_loss,
    tokensPerSecond: event.tokens_per_second,
    best: event.best ?? null,
    adapterStep: event.adapter_step ?? null,
    adapter:
      event.adapter === null ? null : { path: event.adapter.path, files: event.adapter.files },
  };
}

function dryRunOf(event: RunEventOf<"dry_run">): JobDryRun {
  return {
    rows: event.rows,
    longestTokens: event.longest_tokens,
    stepMs: event.step_ms,
    memoryMb: event.memory_mb,
    memoryLimitMb: event.memory_limit_mb,
    secondsLeft: event.seconds_left,
  };
}

function sampleOf(event: RunEventOf<"sample">): JobSample {
  const { step, attempt, prompt, text } = event;
  return { step, attempt, prompt, text, at: eventTime(event) };
}

function pointOf(event: RunEventOf<"step"> | RunEventOf<"eval">): NewPoint {
  const { step, epoch, loss } = event;
  const recordedAtMs = Math.trunc(event.ts * 1000);
  if (event.type === "eval") return { kind: "evaluation", step, epoch, loss, recordedAtMs };
  return {
    kind: "step",
    step,
    epoch,
    loss,
    learningRate: event.learning_rate,
    gradientNorm: event.grad_norm,
    tokens: event.tokens,
    tokensPerSecond: event.tokens_per_second,
    stepMs: event.step_ms,
    memoryMb: event.memory_mb,
    recordedAtMs,
  };
}
