import { assertNever } from "../../shared/contract/assert-never.ts";
import type { RunPhase } from "../../shared/contract/run-folder.ts";
import { hasEnded, type JobError, type JobState } from "./job-state.ts";

/*
 * The life of a job. The functions here decide; the supervisor acts.
 *
 *   draft ──enqueue──▶ queued ──launch──▶ preparing ──phase──▶ running
 *                       │ ▲ │                 │                  │
 *                  stop │ │ │ fail            ├───────stop───────┤
 *                       ▼ │ ▼                 ▼                  │
 *                 stopped │ failed         stopping              │
 *                         │                   │                  │
 *                         │      complete · end_stopped · fail · interrupt
 *                         │                   ▼                  ▼
 *                         │   completed   stopped   failed   interrupted
 *                         │                  │         │          │
 *                         └──────resume──────┴─────────┴──────────┘
 *
 * A run that was asked to stop and then vanished has stopped: `interrupt` leads from `stopping`
 * to `stopped`. Nothing leads out of `completed`.
 */
export type JobEvent =
  | { type: "enqueue"; at: string }
  | { type: "resume"; at: string; hasPriority: boolean }
  | { type: "launch"; at: string }
  | { type: "phase"; phase: RunPhase; message: string }
  | { type: "stop"; at: string }
  | { type: "complete"; at: string; artifactId: string }
  | { type: "end_stopped"; at: string }
  | { type: "fail"; at: string; error: JobError }
  | { type: "interrupt"; at: string; cause: string };

export type Transition = { applies: true; state: JobState } | { applies: false; state: JobState };

/** Pure and total: an event that does not apply leaves the state as it is and says so. */
export function transition(state: JobState, event: JobEvent): Transition {
  switch (event.type) {
    case "enqueue":
      return state.status === "draft"
        ? to({ status: "queued", queuedAt: event.at, startedAt: null, hasPriority: false })
        : refuse(state);
    case "resume":
      return hasEnded(state) && state.status !== "completed"
        ? to({
            status: "queued",
            queuedAt: event.at,
            startedAt: startOf(state),
            hasPriority: event.hasPriority,
          })
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
      return stop(state, event.at);
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
    return to({ status: "failed", startedAt, endedAt: event.at, error: event.error });
  }
  if (state.status !== "preparing" && state.status !== "running" && state.status !== "stopping") {
    return refuse(state);
  }
  const times = { startedAt: state.startedAt, endedAt: event.at };
  switch (event.type) {
    case "complete":
      return to({ status: "completed", ...times, artifactId: event.artifactId });
    case "end_stopped":
      return to({ status: "stopped", ...times });
    case "fail":
      return to({ status: "failed", ...times, error: event.error });
    case "interrupt":
      return state.status === "stopping"
        ? to({ status: "stopped", ...times })
        : to({ status: "interrupted", ...times, cause: event.cause });
    default:
      return assertNever(event);
  }
}

function stop(state: JobState, at: string): Transition {
  if (state.status === "queued") {
    return to({ status: "stopped", startedAt: state.startedAt, endedAt: at });
  }
  if (state.status === "preparing" || state.status === "running") {
    return to({ status: "stopping", startedAt: state.startedAt, stopRequestedAt: at });
  }
  return refuse(state);
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

function startOf(state: JobState): string | null {
  return "startedAt" in state ? state.startedAt : null;
}

function to(state: JobState): Transition {
  return { applies: true, state };
}

function refuse(state: JobState): Transition {
  return { applies: false, state };
}
