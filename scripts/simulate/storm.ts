import type { SeededRandom } from "../torture/seeded-random.ts";
import { Died } from "./mortal-store.ts";
import type { Network } from "./network.ts";
import type { OperationLedger } from "./operation-ledger.ts";
import type { Project } from "./project.ts";
import type { Schedule } from "./schedule.ts";
import type { SignIns } from "./sign-ins.ts";
import type { Trace } from "./trace.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { Workload } from "./workload.ts";
import type { Workstation } from "./workstation.ts";

const DAY_MS = 86_400_000;
export const STRANGER = "99999999-9999-4999-8999-999999999999";

export interface StormParts {
  schedule: Schedule;
  random: SeededRandom;
  desks: readonly [Workstation, ...Workstation[]];
  project: Project;
  network: Network;
  ledger: OperationLedger;
  signIns: SignIns;
  workload: Workload;
  trace: Trace;
  time: VirtualTime;
}

/** Everything that happens to the machines, their clocks, their sessions and the project. */
export class Storm {
  restores = 0;
  restoredAt = Number.NEGATIVE_INFINITY;
  readonly #parts: StormParts;
  #hasBackup = false;

  constructor(parts: StormParts) {
    this.#parts = parts;
  }

  /** One thing happens. */
  happen(): void {
    try {
      this.#happen();
    } catch (error) {
      // What somebody asked of a process died with it.
      if (!(error instanceof Died)) throw error;
    }
  }

  #happen(): void {
    const { random, desks, workload, schedule, trace } = this.#parts;
    const desk = random.pick(desks);
    const share = random.share();
    if (!desk.isEnabled && share < 0.1) {
      trace.add(`${desk.name} signs in`);
      desk.enable();
      desk.boot();
    } else if (share < 0.72) {
      workload.act(desk);
    } else if (share < 0.8) {
      const statements = random.pick([0, Math.ceil(random.upTo(60))]);
      trace.add(`${desk.name} is to die after ${statements} statements`);
      desk.crash(statements, random.upTo(random.pick([100, 20_000])));
    } else if (schedule.isRestored && share > 0.95) {
      this.#backUpOrRestore(!this.#hasBackup || random.share() < 0.3);
    } else {
      this.#disturb(desk);
    }
  }

  /** All is well again. */
  end(): void {
    const { desks, network, signIns, project, schedule, trace, time } = this.#parts;
    trace.add("The storm is over");
    network.faultShare = 0;
    network.isDown = false;
    signIns.faultShare = 0;
    time.hold(project.releaseHorizon());
    for (const desk of desks) {
      desk.strangerId = null;
      signIns.signInAgain(desk.name);
      if (!desk.isEnabled) {
        desk.enable();
        desk.boot();
      }
      desk.spare();
      if (!schedule.isPatient) desk.sync?.now();
    }
  }

  #disturb(desk: Workstation): void {
    const { random, network, signIns, project, schedule, trace, time } = this.#parts;
    const isOn = random.share() < 0.5;
    switch (Math.floor(random.upTo(10))) {
      case 0:
        desk.skewMs = random.pick([0, DAY_MS, -DAY_MS]);
        trace.add(`${desk.name}'s clock is wrong by ${desk.skewMs} ms`);
        break;
      case 1:
        trace.add("All tokens expire");
        signIns.expireTokens();
        break;
      case 2:
        trace.add(`${desk.name}'s session ${isOn ? "ends" : "begins"}`);
        if (isOn) signIns.endSession(desk.name);
        else signIns.signInAgain(desk.name);
        break;
      case 3:
        trace.add(`The project is ${isOn ? "down" : "up"}`);
        network.isDown = isOn;
        break;
      case 4:
        time.hold(isOn ? project.holdHorizon() : project.releaseHorizon());
        break;
      case 5:
        void desk.sync?.requests["sync.pause"]({ isPaused: isOn }, "local");
        break;
      case 6:
        // A session is one user's as long as a round lasts.
        if (schedule.hasStrangers && desk.sync?.status().state !== "syncing") {
          desk.strangerId = isOn ? STRANGER : null;
          trace.add(`${desk.name} has ${isOn ? "a stranger's" : "its own"} session`);
        }
        break;
      case 7:
        desk.sync?.now();
        break;
      case 8:
        trace.add("The project starts again");
        network.cutConnections();
        time.hold(project.restart());
        break;
      default:
        network.faultShare = schedule.faultShare * random.pick([0, 1, 1.5]);
        signIns.faultShare = network.faultShare / 2;
    }
  }

  #backUpOrRestore(isBackup: boolean): void {
    const { project, trace, time } = this.#parts;
    trace.add(`The project is ${isBackup ? "backed up" : "restored"}`);
    time.hold(isBackup ? project.backUp() : this.#restore());
    this.#hasBackup = true;
  }

  async #restore(): Promise<void> {
    const { project, ledger, time } = this.#parts;
    this.restores += 1;
    this.restoredAt = time.now();
    await project.restore();
    ledger.restore(project.data.feed);
  }
}
