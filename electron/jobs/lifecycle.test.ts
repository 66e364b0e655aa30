import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JobStop, stopModeSchema } from "../../shared/contract/jobs.ts";
import { runPhaseSchema } from "../../shared/contract/run-folder.ts";
import { hasEnded, isActive, type JobState, jobStateSchema } from "./job-state.ts";
import { type JobEvent, transition } from "./lifecycle.ts";

const at = fc
  .date({ min: new Date("2026-01-01"), max: new Date("2027-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const delay = { notBefore: fc.option(at), delayCause: fc.option(fc.string()) };
const stop = fc.record({
  mode: fc.constantFrom(...stopModeSchema.options),
  graceSeconds: fc.option(fc.nat(1000)),
});

/** One of each, so that every event is tried in every state. */
const byType: { [T in JobEvent["type"]]: fc.Arbitrary<Extract<JobEvent, { type: T }>> } = {
  enqueue: fc.record({ type: fc.constant("enqueue" as const), at }),
  resume: fc.record({
    type: fc.constant("resume" as const),
    at,
    hasPriority: fc.boolean(),
    ...delay,
  }),
  arrange: fc.record({ type: fc.constant("arrange" as const), hasPriority: fc.boolean() }),
  launch: fc.record({ type: fc.constant("launch" as const), at }),
  defer: fc.record({ type: fc.constant("defer" as const), at, ...delay }),
  phase: fc.record({
    type: fc.constant("phase" as const),
    phase: fc.constantFrom(...runPhaseSchema.options),
    message: fc.string(),
  }),
  stop: fc.record({ type: fc.constant("stop" as const), at, stop }),
  complete: fc.record({ type: fc.constant("complete" as const), at, artifactId: fc.uuid() }),
  end_stopped: fc.record({ type: fc.constant("end_stopped" as const), at }),
  fail: fc.record({
    type: fc.constant("fail" as const),
    at,
    error: fc.record({ kind: fc.string(), message: fc.string(), remedy: fc.string() }),
  }),
  interrupt: fc.record({ type: fc.constant("interrupt" as const), at, cause: fc.string() }),
};
const event: fc.Arbitrary<JobEvent> = fc.oneof(...Object.values(byType));
const events = fc.array(event, { maxLength: 40 });

/** The arrows of the diagram, written out once more as data. */
const ARROWS: Record<JobState["status"], readonly JobState["status"][]> = {
  draft: ["queued"],
  queued: ["queued", "preparing", "stopped", "failed"],
  preparing: [
    ...(["preparing", "running", "stopping", "queued"] as const),
    ...(["completed", "stopped", "failed", "interrupted"] as const),
  ],
  running: ["running", "stopping", "completed", "stopped", "failed", "interrupted"],
  stopping: ["stopping", "completed", "stopped", "failed"],
  completed: [],
  stopped: ["queued"],
  failed: ["queued"],
  interrupted: ["queued"],
};

const draft: JobState = { status: "draft" };
const now = "2026-03-01T12:00:00.000Z";
const byCheckpoint: JobStop = { mode: "checkpoint", graceSeconds: null };
const undelayed = { notBefore: null, delayCause: null };
const launched: readonly JobEvent[] = [
  { type: "enqueue", at: now },
  { type: "launch", at: now },
];

function after(...list: readonly JobEvent[]): JobState {
  return list.reduce<JobState>((state, next) => transition(state, next).state, draft);
}

/** One way to each state: chance alone comes to some of them too seldom. */
const ROUTES: Record<JobState["status"], readonly JobEvent[]> = {
  draft: [],
  queued: launched.slice(0, 1),
  preparing: launched,
  running: [...launched, { type: "phase", phase: "training", message: "" }],
  stopping: [...launched, { type: "stop", at: now, stop: byCheckpoint }],
  completed: [...launched, { type: "complete", at: now, artifactId: crypto.randomUUID() }],
  stopped: [...launched, { type: "end_stopped", at: now }],
  failed: [
    ...launched,
    { type: "fail", at: now, error: { kind: "killed", message: "", remedy: "" } },
  ],
  interrupted: [...launched, { type: "interrupt", at: now, cause: "" }],
};

/** What must hold of any state, however it was reached. */
function expectPossible(state: JobState): void {
  // Strict: a field that does not belong to the state is as wrong as one that is missing.
  expect(jobStateSchema.parse(state)).toEqual(state);
  expect("artifactId" in state).toBe(state.status === "completed");
  expect("error" in state).toBe(state.status === "failed");
  expect("endedAt" in state).toBe(hasEnded(state));
  expect(isActive(state) && hasEnded(state)).toBe(false);
  const start = "startedAt" in state ? (state.startedAt ?? "") : "";
  expect(!("endedAt" in state) || state.endedAt >= start).toBe(true);
  expect(state.status !== "stopping" || state.stopRequestedAt >= start).toBe(true);
}

describe("transition", () => {
  it("reaches only possible states, along the arrows of the diagram", () => {
    fc.assert(
      fc.property(events, (list) => {
        let state: JobState = draft;
        for (const next of list) {
          const result = transition(state, next);
          expectPossible(result.state);
          const isArrow = ARROWS[state.status].includes(result.state.status);
          expect(result.applies ? isArrow : result.state === state).toBe(true);
          state = result.state;
        }
      }),
    );
  });

  it("has an answer to every event in every state", () => {
    fc.assert(
      fc.property(fc.record(byType), (one) => {
        for (const [status, route] of Object.entries(ROUTES)) {
          const state = after(...route);
          expect(state.status).toBe(status);
          for (const next of Object.values(one)) expectPossible(transition(state, next).state);
        }
      }),
    );
  });

  it("leaves an ended job ended until it is resumed, and a completed one for good", () => {
    fc.assert(
      fc.property(events, (list) => {
        let state: JobState = draft;
        for (const next of list) {
          const result = transition(state, next);
          const isResume = next.type === "resume" && state.status !== "completed";
          expect(hasEnded(state) && result.applies && !isResume).toBe(false);
          state = result.state;
        }
      }),
    );
  });

  it("makes a wish to stop only ever more urgent", () => {
    const urgency = { after_epoch: 0, checkpoint: 1, discard: 2 };
    fc.assert(
      fc.property(fc.array(stop, { minLength: 1 }), (wishes) => {
        let last: JobStop | null = null;
        let state = after(...launched);
        for (const wish of wishes) {
          state = transition(state, { type: "stop", at: now, stop: wish }).state;
          if (state.status !== "stopping") throw new Error(`It is ${state.status}`);
          const { mode, graceSeconds } = state.stop;
          expect(last === null || urgency[mode] >= urgency[last.mode]).toBe(true);
          const limit = last?.mode === mode ? last.graceSeconds : null;
          expect(limit === null || (graceSeconds !== null && graceSeconds <= limit)).toBe(true);
          expect(urgency[mode]).toBeGreaterThanOrEqual(urgency[wish.mode]);
          last = state.stop;
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
    const asked: JobEvent = { type: "stop", at: now, stop: byCheckpoint };
    expect(after(...launched, asked, vanished).status).toBe("stopped");
  });

  it("stops a queued job at once and keeps when its last attempt began", () => {
    const resumed = after(
      ...launched,
      { type: "interrupt", at: now, cause: "gone" },
      { type: "resume", at: now, hasPriority: true, ...undelayed },
    );
    expect(resumed).toMatchObject({ status: "queued", startedAt: now, hasPriority: true });
    expect(transition(resumed, { type: "stop", at: now, stop: byCheckpoint }).state).toEqual({
      status: "stopped",
      startedAt: now,
      endedAt: now,
      isUnwanted: false,
    });
  });

  it("remembers of what was stopped whether anybody wants it", () => {
    const discard: JobEvent = { type: "stop", at: now, stop: { mode: "discard", graceSeconds: 0 } };
    const left: JobEvent = { type: "end_stopped", at: now };
    const enqueued: JobEvent = { type: "enqueue", at: now };
    expect(after(...launched, discard, left)).toMatchObject({ isUnwanted: true });
    expect(after(enqueued, discard)).toMatchObject({ isUnwanted: true });
    const asked: JobEvent = { type: "stop", at: now, stop: byCheckpoint };
    expect(after(...launched, asked, left)).toMatchObject({ isUnwanted: false });
  });
});
