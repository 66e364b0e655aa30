import { assertNever } from "../../shared/contract/assert-never.ts";
import type { JobStop, StopMode } from "../../shared/contract/jobs.ts";
import type { RunPhase } from "../../shared/contract/run-folder.ts";
import { hasEnded, type JobError, type JobState, type JobStateOf } from "./job-state.ts";

/*
 * The life of a job. The functions here decide; the supervisor acts.
 *
 *   draft ──enqueue──▶ queued ──launch──▶ preparing ──phase──▶ running
 *                       │ ▲ ▲ │  ◀──defer────┘ │                 │
 *                  stop │ │ │ │ fail            ├──────stop───────┤
 *                       ▼ │ │ ▼                 ▼                 │
 *                 stopped │ │ failed        stopping              │
 *                         │ │                  │                  │
 *                         │ │     complete · end_stopped · fail · interrupt
 *                         │ │                  ▼                  ▼
 *                         │ │ completed   stopped   failed   interrupted
 *                         │ │                │         │          │
 *                         └─┴────resume──────┴─────────┴──────────┘
 *
 * A run that was asked to stop and then vanished has stopped: `interrupt` leads from `stopping`
 * to `stopped`. Nothing leads out of `completed`. Asking again to stop can only hurry it.
 */
export type JobEvent =
  | { type: "enqueue"; at: string }
  | ({ type: "resume"; at: string; hasPriority: boolean } & Delay)
  /** To another place in the queue. */
  | { type: "arrange"; hasPriority: boolean }
  | { type: "launch"; at: string }
  /** Its devices turned out not to be free: nothing was started. */
  | ({ type: "defer"; at: string } & Delay)
  | { type: "phase"; phase: RunPhase; message: string }
  | { type: "stop"; at: string; stop: JobStop }
  | { type: "complete"; at: string; artifactId: string }
  | { type: "end_stopped"; at: string }
  | { type: "fail"; at: string; error: JobError }
  | { type: "interrupt"; at: string; cause: string };

/** Not before a time, and why. */
interface Delay {
  notBefore: string | null;
  delayCause: string | null;
}

export type Transition = { applies: true; state: JobState } | { applies: false; state: JobState };

/** Pure and total: an event that does not apply leaves the state as it is and says so. */
export function transition(state: JobState, event: JobEvent): Transition {
  switch (event.type) {
    case "enqueue":
      return state.status === "draft"
        ? queue(event.at, null, { hasPriority: false, notBefore: null, delayCause: null })
        : refuse(state);
    case "resume":
      return hasEnded(state) && state.status !== "completed"
        ? queue(event.at, startOf(state), event)
        : refuse(state);
    case "arrange":
      return state.status === "queued"
        ? to({ ...state, hasPriority: event.hasPriority })
        : refuse(state);
    case "defer":
      return state.status === "preparing"
        ? queue(event.at, state.startedAt, { ...event, hasPriority: true })
        : refuse(state);
    case "launch":
      return state.status === "queued"
        ? to({
            status: "preparing",
            startedAt: event.at,
            phase: "starting",
            message: "Starting the trainer",
          })
        : refuse(state);
    case "phase":
      return enterPhase(state, event.phase, event.message);
    case "stop":
      return stop(state, event.at, event.stop);
    case "complete":
    case "end_stopped":
    case "fail":
    case "interrupt":
      return end(state, event);
    default:
      return assertNever(event);
  }
}

type EndEvent = Extract<JobEvent, { type: "complete" | "end_stopped" | "fail" | "interrupt" }>;

function end(state: JobState, event: EndEvent): Transition {
  if (event.type === "fail" && state.status === "queued") {
    const { startedAt } = state;
    return to({
      status: "failed",
      startedAt,
      endedAt: notBefore(event.at, startedAt),
      error: event.error,
    });
  }
  if (state.status !== "preparing" && state.status !== "running" && state.status !== "stopping") {
    return refuse(state);
  }
  const times = { startedAt: state.startedAt, endedAt: notBefore(event.at, state.startedAt) };
  const isUnwanted = state.status === "stopping" && state.stop.mode === "discard";
  switch (event.type) {
    case "complete":
      return to({ status: "completed", ...times, artifactId: event.artifactId });
    case "end_stopped":
      return to({ status: "stopped", ...times, isUnwanted });
    case "fail":
      return to({ status: "failed", ...times, error: event.error });
    case "interrupt":
      return state.status === "stopping"
        ? to({ status: "stopped", ...times, isUnwanted })
        : to({ status: "interrupted", ...times, cause: event.cause });
    default:
      return assertNever(event);
  }
}

function stop(state: JobState, at: string, how: JobStop): Transition {
  switch (state.status) {
    case "queued": {
      const { startedAt } = state;
      const isUnwanted = how.mode === "discard";
      return to({ status: "stopped", startedAt, endedAt: notBefore(at, startedAt), isUnwanted });
    }
    case "preparing":
    case "running":
      return to({
        status: "stopping",
        startedAt: state.startedAt,
        stopRequestedAt: notBefore(at, state.startedAt),
        stop: how,
      });
    case "stopping":
      return hurry(state, at, how);
    default:
      return refuse(state);
  }
}

const URGENCY: Readonly<Record<StopMode, number>> = { after_epoch: 0, checkpoint: 1, discard: 2 };

/** A more urgent wish begins anew; the same wish may only become shorter. */
function hurry(state: JobStateOf<"stopping">, at: string, how: JobStop): Transition {
  const { stop: present } = state;
  if (URGENCY[how.mode] > URGENCY[present.mode]) {
    return to({ ...state, stop: how, stopRequestedAt: notBefore(at, state.startedAt) });
  }
  const isShorter =
    how.mode === present.mode &&
    how.graceSeconds !== null &&
    (present.graceSeconds === null || how.graceSeconds < present.graceSeconds);
  if (!isShorter) return refuse(state);
  // A limit where there was none is counted from now on.
  const isFirstLimit = how.mode === "after_epoch" && present.graceSeconds === null;
  const stopRequestedAt = isFirstLimit ? notBefore(at, state.startedAt) : state.stopRequestedAt;
  return to({ ...state, stop: how, stopRequestedAt });
}

/** The first step of training makes a job `running`; from there on only its phase changes. */
function enterPhase(state: JobState, phase: RunPhase, message: string): Transition {
  if (state.status === "running") {
    return to({ status: "running", startedAt: state.startedAt, phase });
  }
  if (state.status !== "preparing") return refuse(state);
  const isUnderWay = phase === "training" || phase === "evaluating" || phase === "saving";
  return isUnderWay
    ? to({ status: "running", startedAt: state.startedAt, phase })
    : to({ status: "preparing", startedAt: state.startedAt, phase, message });
}

function queue(
  queuedAt: string,
  startedAt: string | null,
  { hasPriority, notBefore: time, delayCause }: { hasPriority: boolean } & Delay,
): Transition {
  return to({ status: "queued", queuedAt, startedAt, hasPriority, notBefore: time, delayCause });
}

/** The clock may have been set back meanwhile: nothing ends before it began. */
function notBefore(at: string, start: string | null): string {
  return start !== null && at < start ? start : at;
}

function startOf(state: JobState): string | null {
  return "startedAt" in state ? state.startedAt : null;
}

function to(state: JobState): Transition {
  return { applies: true, state };
}

function refuse(state: JobState): Transition {
  return { applies: false, state };
}
