import { setTimeout as delay } from "node:timers/promises";
import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";
import {
  checkpointsOf,
  isAlive,
  isTraining,
  killProcess,
  killRunsOf,
  type LiveAttempt,
  liveAttempts,
  pidsWith,
} from "./live-attempts.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { TorturedDesk } from "./tortured-desk.ts";

export const VICTIMS = ["core", "runner", "trainer", "reboot"] as const;
export type Victim = (typeof VICTIMS)[number];

/** So often a run may be interrupted with no checkpoint in between before it must be given time. */
const IDLE_KILLS = 2;
const LOOK_MS = 20;
const PATIENCE_MS = 600_000;
/** A run that was asked for may have ended before there was anything to kill of it. */
const BUSY_EVERY_MS = 2000;
/** When in the life of an attempt a process is killed: as soon as it is there, where races are. */
type Moment = "early" | "starting" | "training";
const LATEST_MS: Record<Moment, number> = { early: 150, starting: 4000, training: 2000 };

/** Kills one victim after the other, at moments that the random numbers choose. */
export class Killer {
  readonly #desk: TorturedDesk;
  readonly #random: SeededRandom;
  readonly #keepBusy: () => Promise<void>;
  /** Interruptions since the last checkpoint, by run folder. */
  readonly #idle = new Map<string, { checkpoints: number; kills: number }>();

  /** @param keepBusy - Has the desk train something, where it does not. */
  constructor(desk: TorturedDesk, random: SeededRandom, keepBusy: () => Promise<void>) {
    this.#desk = desk;
    this.#random = random;
    this.#keepBusy = keepBusy;
  }

  async kill(victim: Victim): Promise<void> {
    switch (victim) {
      case "core":
        return this.#killCore();
      case "runner":
        return this.#killProcess(({ runner }) => runner, "runner");
      case "trainer":
        return this.#killProcess(({ trainer }) => trainer, "trainer");
      case "reboot":
        return this.#restartComputer();
    }
  }

  /** While it starts, or while it looks after its runs. */
  async #killCore(): Promise<void> {
    const isStarting = this.#random.share() < 0.3;
    if (!isStarting) await this.#desk.client();
    await delay(this.#random.upTo(1500));
    await this.#desk.killCore();
    this.#desk.startCore();
  }

  async #killProcess(
    choose: (attempt: LiveAttempt) => ProcessIdentity | null,
    victim: "runner" | "trainer",
  ): Promise<void> {
    const moment = this.#moment();
    if (victim === "runner" && moment === "early") return this.#killAsTrainerBegins();
    for (const isInTime = this.#patience(victim); await isInTime();) {
      const found = liveAttempts(this.#desk.homePath).find((one) => choose(one) !== null);
      if (found !== undefined && this.#isReached(moment, found)) {
        await delay(this.#random.upTo(LATEST_MS[moment]));
        const process = choose(found);
        if (process !== null && isAlive(process)) {
          if (victim === "trainer" || found.trainer === null) this.#countKill(found.runPath);
          killProcess(process);
          return;
        }
      }
      await delay(LOOK_MS);
    }
  }

  /** When the runner has started a trainer and may not have told of it yet. */
  async #killAsTrainerBegins(): Promise<void> {
    for (const isInTime = this.#patience("runner"); await isInTime();) {
      for (const attempt of liveAttempts(this.#desk.homePath)) {
        const { runner, runPath } = attempt;
        if (runner === null || isTraining(attempt) || !this.#mayInterrupt(runPath)) continue;
        if (pidsWith(runPath).length < 2) continue;
        killProcess(runner);
        this.#countKill(runPath);
        return;
      }
      await delay(1);
    }
  }

  /** No process of the app or its runs survives, and the boot id is another one afterwards. */
  async #restartComputer(): Promise<void> {
    const moment = this.#moment();
    const { homePath } = this.#desk;
    await this.#desk.client();
    for (const isInTime = this.#patience("run"); await isInTime();) {
      const attempts = liveAttempts(homePath);
      if (attempts.length > 0 && attempts.every((one) => this.#isReached(moment, one))) break;
      await delay(LOOK_MS);
    }
    await delay(this.#random.upTo(LATEST_MS[moment]));
    // The next run may have begun meanwhile.
    for (const { runPath } of liveAttempts(homePath)) this.#countKill(runPath);
    await this.#desk.killCore();
    await killRunsOf(homePath);
    this.#desk.forgetBoot();
    this.#desk.startCore();
  }

  #moment(): Moment {
    return this.#random.pick(["early", "starting", "training", "training"]);
  }

  #isReached(moment: Moment, attempt: LiveAttempt): boolean {
    return this.#mayInterrupt(attempt.runPath) && (moment !== "training" || isTraining(attempt));
  }

  /** @returns whether there is time left; throws when it is over. */
  #patience(victim: string): () => Promise<true> {
    const began = performance.now();
    let busyAt = began + BUSY_EVERY_MS;
    return async () => {
      const now = performance.now();
      if (now >= began + PATIENCE_MS) {
        throw new Error(`There was no ${victim} to kill for ${PATIENCE_MS / 1000} s.`);
      }
      if (now >= busyAt) {
        busyAt = now + BUSY_EVERY_MS;
        await this.#keepBusy();
      }
      return true;
    };
  }

  /** The app gives up a run that never comes to a checkpoint: that is no loss but a promise. */
  #mayInterrupt(runPath: string): boolean {
    const idle = this.#idle.get(runPath);
    return (
      idle === undefined || idle.kills < IDLE_KILLS || checkpointsOf(runPath) > idle.checkpoints
    );
  }

  #countKill(runPath: string): void {
    const checkpoints = checkpointsOf(runPath);
    const idle = this.#idle.get(runPath);
    const isNew = idle === undefined || checkpoints > idle.checkpoints;
    this.#idle.set(runPath, { checkpoints, kills: isNew ? 1 : idle.kills + 1 });
  }
}
