import type { JobStateOf } from "./job-state.ts";
import type { JobTimings } from "./job-timings.ts";
import { STOP_STAGES, type StopStage, stopStageAt } from "./stop-run.ts";

export interface StopClockOptions {
  now: () => Date;
  timings: JobTimings;
  /** How long a run may take for its checkpoint where the wish does not say. */
  stopGraceSeconds: () => number;
}

/**
 * How far a wish to stop has come. Goes by the wall clock, which outlasts the app, and by one that
 * is never set back: no change of the time may make a run stop for ever. Nor may one, or an app that
 * was away meanwhile, leave out a rung of the ladder: what was never signalled is not unkillable.
 */
export class StopClock {
  readonly #options: StopClockOptions;
  #wish = "";
  #seenAtMs = 0;
  #step = -1;
  #stepAtMs = 0;
  #rung = -1;
  #rungAtMs = 0;

  constructor(options: StopClockOptions) {
    this.#options = options;
  }

  /** @param step the last one of the run so far. */
  stage(state: JobStateOf<"stopping">, step: number): StopStage {
    const monotonicMs = performance.now();
    const due = STOP_STAGES.indexOf(this.#dueStage(state, step, monotonicMs));
    const isNext = this.#rung < 0 || monotonicMs - this.#rungAtMs >= this.#leastMs();
    const rung = due <= this.#rung ? due : this.#rung + (isNext ? 1 : 0);
    if (rung !== this.#rung) {
      this.#rung = rung;
      this.#rungAtMs = monotonicMs;
    }
    return STOP_STAGES[rung] ?? "ask";
  }

  /** How long the present rung is held, whatever the clock says. */
  #leastMs(): number {
    const { killAfterMs, killRunnerAfterMs, giveUpAfterMs } = this.#options.timings;
    return [0, killAfterMs, killRunnerAfterMs, giveUpAfterMs][this.#rung] ?? 0;
  }

  #dueStage(state: JobStateOf<"stopping">, step: number, monotonicMs: number): StopStage {
    const { now, timings } = this.#options;
    const wish = `${state.stopRequestedAt} ${state.stop.mode}`;
    if (wish !== this.#wish) {
      this.#wish = wish;
      this.#seenAtMs = monotonicMs;
    }
    if (step !== this.#step || this.#stepAtMs < this.#seenAtMs) {
      this.#step = step;
      this.#stepAtMs = monotonicMs;
    }
    const { mode, graceSeconds } = state.stop;
    if (mode === "after_epoch" && graceSeconds === null) {
      // As long as it takes, but not for ever without a step.
      return stopStageAt(monotonicMs - this.#stepAtMs, timings.epochSilenceMs, timings);
    }
    const wallMs = now().getTime() - Date.parse(state.stopRequestedAt);
    return stopStageAt(
      Math.max(wallMs, monotonicMs - this.#seenAtMs),
      this.#graceMs(state),
      timings,
    );
  }

  #graceMs({ stop }: JobStateOf<"stopping">): number {
    if (stop.graceSeconds !== null) return stop.graceSeconds * 1000;
    const { timings, stopGraceSeconds } = this.#options;
    return stop.mode === "discard" ? timings.discardGraceMs : stopGraceSeconds() * 1000;
  }
}
