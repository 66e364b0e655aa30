import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runPhaseSchema } from "../../shared/contract/run-folder.ts";
import { hasEnded, type JobState, jobStateSchema } from "./job-state.ts";
import { type JobEvent, transition } from "./lifecycle.ts";

const at = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());

const event: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.record({ type: fc.constant("enqueue" as const), at }),
  fc.record({ type: fc.constant("resume" as const), at, hasPriority: fc.boolean() }),
  fc.record({ type: fc.constant("launch" as const), at }),
  fc.record({
    type: fc.constant("phase" as const),
    phase: fc.constantFrom(...runPhaseSchema.options),
    message: fc.string(),
  }),
  fc.record({ type: fc.constant("stop" as const), at }),
  fc.record({ type: fc.constant("complete" as const), at, artifactId: fc.uuid() }),
  fc.record({ type: fc.constant("end_stopped" as const), at }),
  fc.record({
    type: fc.constant("fail" as const),
    at,
    error: fc.record({ kind: fc.string(), message: fc.string(), remedy: fc.string() }),
  }),
  fc.record({ type: fc.constant("interrupt" as const), at, cause: fc.string() }),
);

/** The arrows of the diagram, written out once more as data. */
const ARROWS: Record<JobState["status"], readonly JobState["status"][]> = {
  draft: ["queued"],
  queued: ["preparing", "stopped", "failed"],
  preparing: ["preparing", "running", "stopping", "completed", "stopped", "failed", "interrupted"],
  running: ["running", "stopping", "completed", "stopped", "failed", "interrupted"],
  stopping: ["completed", "stopped", "failed"],
  completed: [],
  stopped: ["queued"],
  failed: ["queued"],
  interrupted: ["queued"],
};

const draft: JobState = { status: "draft" };
const now = "2026-03-01T12:00:00.000Z";
const launched: readonly JobEvent[] = [
  { type: "enqueue", at: now },
  { type: "launch", at: now },
];

function after(...events: readonly JobEvent[]): JobState {
  return events.reduce<JobState>((state, next) => transition(state, next).state, draft);
}

describe("transition", () => {
  it("reaches only whole states, along the arrows of the diagram", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state: JobState = draft;
        for (const next of events) {
          const result = transition(state, next);
          // Strict: a field that does not belong to the state is as wrong as one that is missing.
          expect(jobStateSchema.parse(result.state)).toEqual(result.state);
          const isArrow = ARROWS[state.status].includes(result.state.status);
          expect(result.applies ? isArrow : result.state === state).toBe(true);
          state = result.state;
        }
      }),
    );
  });

  it("leaves an ended job ended until it is resumed, and a completed one for good", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state: JobState = draft;
        for (const next of events) {
          const result = transition(state, next);
          const isResume = next.type === "resume" && state.status !== "completed";
          expect(hasEnded(state) && result.applies && !isResume).toBe(false);
          state = result.state;
        }
      }),
    );
  });

  it("makes a job running with its first training phase and never takes it back to preparing", () => {
    const loading: JobEvent = { type: "phase", phase: "loading_model", message: "Loading" };
    const training: JobEvent = { type: "phase", phase: "training", message: "Training" };
    expect(after(...launched, loading).status).toBe("preparing");
    expect(after(...launched, loading, training, loading)).toEqual({
      status: "running",
      startedAt: now,
      phase: "loading_model",
    });
  });

  it("counts a run that vanished while it was stopping as stopped", () => {
    const vanished: JobEvent = { type: "interrupt", at: now, cause: "gone" };
    expect(after(...launched, vanished).status).toBe("interrupted");
    expect(after(...launched, { type: "stop", at: now }, vanished).status).toBe("stopped");
  });

  it("stops a queued job at once and keeps when its last attempt began", () => {
    const resumed = after(
      ...launched,
      { type: "interrupt", at: now, cause: "gone" },
      { type: "resume", at: now, hasPriority: true },
    );
    expect(resumed).toMatchObject({ status: "queued", startedAt: now, hasPriority: true });
    expect(transition(resumed, { type: "stop", at: now }).state).toEqual({
      status: "stopped",
      startedAt: now,
      endedAt: now,
    });
  });
});
