import { assertNever } from "../../shared/contract/assert-never.ts";
import type { RunEvent, RunEventOf } from "../../shared/contract/run-folder.ts";
import type { JobRecord } from "./job-record.ts";
import { transition } from "./lifecycle.ts";
import type { NewPoint } from "./metrics-store.ts";
import type { NewTimelineEntry } from "./timeline-store.ts";

export interface Fold {
  record: JobRecord;
  points: NewPoint[];
  entries: NewTimelineEntry[];
}

/**
 * What a batch of events means for a job: pure, so that it can be committed together with the
 * offset it was read from. Events that an earlier attempt left unread still give points and
 * history; only those of the present attempt move the job.
 */
export function foldEvents(record: JobRecord, events: readonly RunEvent[]): Fold {
  const fold: Fold = { record, points: [], entries: [] };
  for (const event of events) {
    if (event.type === "step" || event.type === "eval") fold.points.push(pointOf(event));
    const entry = entryOf(event);
    if (entry !== null) fold.entries.push(entry);
    if (event.attempt === record.attempt) fold.record = advance(fold.record, event);
  }
  return fold;
}

function advance(record: JobRecord, event: RunEvent): JobRecord {
  switch (event.type) {
    case "status":
      return startPlan(enterPhase(record, event), event);
    case "step":
      return {
        ...record,
        progress: { ...record.progress, step: event.step, epoch: event.epoch },
      };
    case "checkpoint":
      return { ...record, report: { ...record.report, hasCheckpoint: true } };
    case "error": {
      const { kind, message, remedy } = event;
      return { ...record, report: { ...record.report, error: { kind, message, remedy } } };
    }
    case "done":
      return { ...record, report: { ...record.report, done: doneReportOf(event) } };
    case "eval":
    case "dry_run":
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
    },
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
    adapter:
      event.adapter === null ? null : { path: event.adapter.path, files: event.adapter.files },
  };
}

function pointOf(event: RunEventOf<"step"> | RunEventOf<"eval">): NewPoint {
  const { step, epoch, loss } = event;
  const recordedAt = timeOf(event);
  if (event.type === "eval") return { kind: "evaluation", step, epoch, loss, recordedAt };
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
    recordedAt,
  };
}

/** What is worth a line in the job's history. Points are in the chart and need none. */
function entryOf(event: RunEvent): NewTimelineEntry | null {
  const base = { at: timeOf(event), attempt: event.attempt };
  switch (event.type) {
    case "status":
      return statusEntry(event, base);
    case "sample":
      return {
        ...base,
        step: event.step,
        kind: "sample",
        message: `${event.prompt}\n${event.text}`,
      };
    case "checkpoint":
      return { ...base, step: event.step, kind: "checkpoint", message: checkpointMessage(event) };
    case "warning":
      return { ...base, step: null, kind: "warning", message: event.message };
    case "error": {
      const message = event.remedy === "" ? event.message : `${event.message} ${event.remedy}`;
      return { ...base, step: null, kind: "error", message };
    }
    case "done":
      return {
        ...base,
        step: event.step,
        kind: "done",
        message:
          event.reason === "completed"
            ? `Training completed at step ${event.step}.`
            : `Training stopped at step ${event.step}, with a checkpoint.`,
      };
    case "step":
    case "eval":
    case "dry_run":
      return null;
    default:
      return assertNever(event);
  }
}

/** Evaluating and saving come round all the time; only what happens once is history. */
function statusEntry(
  event: RunEventOf<"status">,
  base: Pick<NewTimelineEntry, "at" | "attempt">,
): NewTimelineEntry | null {
  const fromStep = event.plan?.from_step;
  if (fromStep !== undefined && event.attempt > 1) {
    const message =
      fromStep > 0
        ? `Resumed from the checkpoint at step ${fromStep}.`
        : "Began again from step 0: there was no checkpoint to resume from.";
    return { ...base, step: fromStep, kind: "resumed", message };
  }
  const isPassing =
    event.phase === "evaluating" ||
    event.phase === "saving" ||
    (event.phase === "training" && event.plan === undefined);
  if (isPassing) return null;
  return { ...base, step: fromStep ?? null, kind: "status", message: event.message };
}

function checkpointMessage({ step, bytes }: RunEventOf<"checkpoint">): string {
  return `Checkpoint at step ${step} (${(bytes / 1e6).toFixed(1)} MB).`;
}

function timeOf(event: RunEvent): string {
  return new Date(event.ts * 1000).toISOString();
}
