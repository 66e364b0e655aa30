import { expect, it } from "vitest";
import type { JobStop } from "../../shared/contract/jobs.ts";
import type { JobStateOf } from "./job-state.ts";
import { JOB_TIMINGS } from "./job-timings.ts";
import { StopClock } from "./stop-clock.ts";

const ASKED_AT = "2026-01-01T12:00:00.000Z";

function stopping(stop: Partial<JobStop> = {}): JobStateOf<"stopping"> {
  return {
    status: "stopping",
    startedAt: "2026-01-01T00:00:00.000Z",
    stopRequestedAt: ASKED_AT,
    stop: { mode: "checkpoint", graceSeconds: 60, ...stop },
  };
}

function clock(over: Partial<typeof JOB_TIMINGS> = {}) {
  let offsetMs = 0;
  return {
    set: (ms: number) => (offsetMs = ms),
    stop: new StopClock({
      now: () => new Date(Date.parse(ASKED_AT) + offsetMs),
      timings: { ...JOB_TIMINGS, ...over },
      stopGraceSeconds: () => 180,
    }),
  };
}

it("takes one rung at a time, however far the clock has jumped", () => {
  const { set, stop } = clock();
  set(7 * 24 * 3600_000);
  expect([1, 2, 3, 4].map(() => stop.stage(stopping(), 5))).toEqual([
    "ask",
    "terminate",
    "terminate",
    "terminate",
  ]);
});

it("leaves out no rung, and comes to the end", () => {
  const { set, stop } = clock({ killAfterMs: 0, killRunnerAfterMs: 0, giveUpAfterMs: 0 });
  expect(stop.stage(stopping(), 5)).toBe("ask");
  set(61_000);
  expect([1, 2, 3, 4, 5].map(() => stop.stage(stopping(), 5))).toEqual([
    "terminate",
    "kill",
    "kill_runner",
    "give_up",
    "give_up",
  ]);
});

it("asks anew where a more urgent wish comes", () => {
  const { set, stop } = clock();
  stop.stage(stopping(), 5);
  set(61_000);
  expect(stop.stage(stopping(), 5)).toBe("terminate");
  expect(stop.stage(stopping({ mode: "discard", graceSeconds: 600 }), 5)).toBe("ask");
});
