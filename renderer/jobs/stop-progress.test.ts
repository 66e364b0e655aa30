import { describe, expect, it } from "vitest";
import type { JobOf, StopMode } from "../../shared/contract/jobs.ts";
import { stopProgress } from "./stop-progress.ts";

const ASKED = "2026-03-05T12:00:00.000Z";
const at = (seconds: number): number => Date.parse(ASKED) + seconds * 1000;

function stopping(mode: StopMode, graceSeconds: number | null = null): JobOf<"stopping"> {
  return { stopRequestedAt: ASKED, stop: { mode, graceSeconds } } as JobOf<"stopping">;
}

describe("stopProgress", () => {
  it("goes from asking over SIGTERM to killing", () => {
    const job = stopping("checkpoint");
    expect(stopProgress(job, 180, at(45))).toEqual({ rung: "ask", secondsLeft: 135, share: 0.25 });
    expect(stopProgress(job, 180, at(195))).toEqual({
      rung: "terminate",
      secondsLeft: 45,
      share: 0.25,
    });
    expect(stopProgress(job, 180, at(240)).rung).toBe("kill");
  });

  it("waits for the epoch without an end, unless it was given one", () => {
    expect(stopProgress(stopping("after_epoch"), 180, at(5000)).secondsLeft).toBeNull();
    expect(stopProgress(stopping("after_epoch", 60), 180, at(61)).rung).toBe("terminate");
  });

  it("does not wait long for a run that is discarded", () => {
    expect(stopProgress(stopping("discard"), 180, at(11)).rung).toBe("terminate");
  });

  it("takes a clock that is behind for the beginning", () => {
    expect(stopProgress(stopping("checkpoint"), 100, at(-5)).secondsLeft).toBe(100);
  });
});
