import { assertNever } from "../../shared/contract/assert-never.ts";
import type { RunEvent, RunEventOf } from "../../shared/contract/run-folder.ts";
import { eventTime } from "./event-time.ts";
import type { NewTimelineEntry } from "./timeline-store.ts";

const SHOWN_PROMPT_CHARACTERS = 60;

/** What is worth a line in the job's history. Points are in the chart and need none. */
export function timelineEntryOf(event: RunEvent): NewTimelineEntry | null {
  const base = { at: eventTime(event), attempt: event.attempt };
  switch (event.type) {
    case "status":
      return statusEntry(event, base);
    case "dry_run":
      return { ...base, step: null, kind: "status", message: dryRunMessage(event) };
    case "sample":
      return { ...base, step: event.step, kind: "sample", message: sampleMessage(event) };
    case "checkpoint":
      return { ...base, step: event.step, kind: "checkpoint", message: checkpointMessage(event) };
    case "warning":
      return { ...base, step: null, kind: "warning", message: event.message };
    case "error": {
      const message = event.remedy === "" ? event.message : `${event.message} ${event.remedy}`;
      return { ...base, step: null, kind: "error", message };
    }
    case "done":
      return { ...base, step: event.step, kind: "done", message: doneMessage(event) };
    case "step":
    case "eval":
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

function dryRunMessage(event: RunEventOf<"dry_run">): string {
  const rows = `${count(event.rows)} ${event.rows === 1 ? "row" : "rows"}`;
  const limit = event.memory_limit_mb;
  const memory =
    limit === null
      ? `${gigabytes(event.memory_mb)} GB`
      : `${gigabytes(event.memory_mb)} of ${gigabytes(limit)} GB`;
  return `Longest batch: ${count(event.longest_tokens)} tokens × ${rows}, ${seconds(event.step_ms)} s a step, ${memory}.`;
}

/** The whole of it is kept as data; the history only says that it is there. */
function sampleMessage({ prompt }: RunEventOf<"sample">): string {
  const line = prompt.replaceAll(/\s+/g, " ").trim();
  const start = line.slice(0, SHOWN_PROMPT_CHARACTERS);
  // Half a character at the cut would be no text.
  const shown = start === line ? line : `${start.replace(/[\ud800-\udbff]$/, "")}…`;
  return `Answered “${shown}”.`;
}

function checkpointMessage({ step, bytes }: RunEventOf<"checkpoint">): string {
  return `Checkpoint at step ${step} (${(bytes / 1e6).toFixed(1)} MB).`;
}

function doneMessage(event: RunEventOf<"done">): string {
  const { step, best } = event;
  if (event.reason === "stopped") return `Training stopped at step ${step}, with a checkpoint.`;
  const isFromEarlier = event.adapter_step !== undefined && event.adapter_step !== step;
  const adapter = isFromEarlier
    ? ` The adapter has the weights of step ${event.adapter_step}.`
    : "";
  if (event.is_stopped_early !== true) return `Training completed at step ${step}.${adapter}`;
  const since = best
    ? `no validation loss since step ${best.step} was below ${best.loss.toFixed(4)}`
    : "the validation loss no longer fell";
  return `Training ended early at step ${step}: ${since}.${adapter}`;
}

function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** Two figures are enough of a time that is only an upper bound. */
function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return value >= 10 ? count(Math.round(value)) : value.toPrecision(2);
}

function gigabytes(megabytes: number): string {
  const value = megabytes / 1024;
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
