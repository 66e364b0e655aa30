import type { JobLedger } from "./job-ledger.ts";
import type { JobTimings } from "./job-timings.ts";
import type { BootId } from "./process-identity.ts";
import type { Kill } from "./process-signal.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunnerProcess } from "./runner-process.ts";
import { StopClock, type StopClockOptions } from "./stop-clock.ts";
import { pressStop } from "./stop-run.ts";

export interface StopPressOptions extends StopClockOptions {
  ledger: JobLedger;
  createId: () => string;
  timings: JobTimings;
  bootId: BootId;
  kill: Kill;
}

/** Presses for one attempt to stop, once its job is to, step by step up the ladder of stop-run. */
export class StopPress {
  readonly #options: StopPressOptions;
  readonly #jobId: string;
  readonly #run: { folder: RunFolder; runner: RunnerProcess | null };
  readonly #clock: StopClock;
  #pressed = "";

  constructor(
    options: StopPressOptions,
    jobId: string,
    run: { folder: RunFolder; runner: RunnerProcess | null },
  ) {
    this.#options = options;
    this.#jobId = jobId;
    this.#run = run;
    this.#clock = new StopClock(options);
  }

  /** @returns whether all was done that can be done, in vain. */
  async press(): Promise<boolean> {
    const { ledger } = this.#options;
    const { attempt, state, progress } = ledger.get(this.#jobId);
    if (state.status !== "stopping") return false;
    const stage = this.#clock.stage(state, progress.step);
    if (stage === "give_up") return true;
    const { mode } = state.stop;
    const pressed = `${stage} ${mode}`;
    if (pressed === this.#pressed) return false;
    const heartbeat = await this.#run.folder.readHeartbeat(attempt);
    const request = { ...this.#options, ...this.#run, attempt, mode, heartbeat };
    const message = await pressStop(stage, request);
    this.#pressed = pressed;
    if (message !== null) ledger.apply(this.#jobId, { note: { kind: "warning", message } });
    return false;
  }
}
