import { assertNever } from "../../shared/contract/assert-never.ts";
import type { JobOf } from "../../shared/contract/jobs.ts";
import { DISCARD_GRACE_SECONDS, KILL_AFTER_SECONDS } from "../../shared/contract/stop-timings.ts";

/*
 * How the core brings a run to stop (electron/jobs/stop-run.ts):
 *
 *   ask        the trainer leaves by itself: for the grace of the stop
 *   terminate  it is asked again by SIGTERM: a minute more
 *   kill       its processes are killed
 */
export type StopRung = "ask" | "terminate" | "kill";

export type StopProgress = {
  readonly rung: StopRung;
  /** Until the next rung; null where there is no end to it. */
  readonly secondsLeft: number | null;
  /** Of the time on this rung that has gone by; null where there is no end to it. */
  readonly share: number | null;
};

export function stopProgress(
  { stop, stopRequestedAt }: JobOf<"stopping">,
  usualGraceSeconds: number,
  nowMs: number,
): StopProgress {
  const elapsed = Math.max(0, (nowMs - Date.parse(stopRequestedAt)) / 1000);
  const grace = graceOf(stop, usualGraceSeconds);
  if (grace === null) return { rung: "ask", secondsLeft: null, share: null };
  if (elapsed < grace) return onRung("ask", elapsed, grace);
  const since = elapsed - grace;
  if (since < KILL_AFTER_SECONDS) return onRung("terminate", since, KILL_AFTER_SECONDS);
  return { rung: "kill", secondsLeft: null, share: null };
}

function onRung(rung: StopRung, elapsed: number, length: number): StopProgress {
  return { rung, secondsLeft: length - elapsed, share: elapsed / length };
}

function graceOf({ mode, graceSeconds }: JobOf<"stopping">["stop"], usual: number): number | null {
  if (graceSeconds !== null) return graceSeconds;
  switch (mode) {
    case "checkpoint":
      return usual;
    case "after_epoch":
      return null;
    case "discard":
      return DISCARD_GRACE_SECONDS;
    default:
      return assertNever(mode);
  }
}
