import { SeededRandom } from "../torture/seeded-random.ts";
import { judgeAftermath } from "./end-oracle.ts";
import { Journal } from "./journal.ts";
import { ModelledProject } from "./model/modelled-project.ts";
import { Network } from "./network.ts";
import { OperationLedger } from "./operation-ledger.ts";
import { OutboxWatch } from "./outbox-watch.ts";
import type { Project } from "./project.ts";
import { drawSchedule, type Schedule } from "./schedule.ts";
import { createSeededIds } from "./seeded-ids.ts";
import { SignIns } from "./sign-ins.ts";
import { StepOracle } from "./step-oracle.ts";
import { Storm, STRANGER } from "./storm.ts";
import { Trace } from "./trace.ts";
import { VirtualTime } from "./virtual-time.ts";
import { Workload } from "./workload.ts";
import { Workstation } from "./workstation.ts";

export interface SimulationResult {
  seed: number;
  schedule: Schedule;
  /** What went wrong, in words; empty when nothing did. */
  problems: string[];
  /** Events until everybody was quiet. */
  events: number;
  rows: number;
  trace: string;
}

const START = Date.UTC(2026, 2, 1, 10);
/** After the longest back-off everything must have been tried again. */
const PATIENCE_MS = 3 * 3_600_000;

export interface SimulationOptions {
  /** With what was sent and answered. */
  isFullTrace?: boolean;
  /** Another one than the model; it is emptied. */
  project?: Project;
}

/** One schedule: a storm of a few virtual minutes, then quiet, then the verdict. */
export async function simulate(
  seed: number,
  options: SimulationOptions = {},
): Promise<SimulationResult> {
  const random = new SeededRandom(seed);
  const schedule = drawSchedule(random);
  const time = new VirtualTime(START);
  const trace = new Trace(() => time.now() - START, options.isFullTrace ?? false);
  const journal = new Journal();
  const ledger = new OperationLedger();
  const project = options.project ?? new ModelledProject(time.now);
  const signIns = new SignIns(time, random.branch());
  const { faultShare, poisonShare, pageSize } = schedule;
  const network = new Network({
    time,
    random: random.branch(),
    project,
    signIns,
    ledger,
    trace,
    faultShare,
    pageSize,
  });
  network.limit(schedule.mostOperations);
  const workload = new Workload({ random: random.branch(), journal, project, poisonShare });
  const desks = createDesks();
  const stormRandom = random.branch();
  const parts = { schedule, random: stormRandom, desks, project, network, ledger, signIns };
  const storm = new Storm({ ...parts, workload, trace, time });
  const watch = new OutboxWatch(journal, ledger);
  const oracle = new StepOracle(project, watch);
  let events = 0;
  const problems = new Set<string>();

  try {
    await project.begin([...new Set(desks.map(({ userId }) => userId)), STRANGER]);
    for (const desk of desks) {
      if (stormRandom.share() < 0.4) continue;
      desk.enable();
      desk.boot();
    }
    for (let left = schedule.happenings; left > 0 && problems.size === 0; left--) {
      storm.happen();
      await until(time.now() + stormRandom.upTo(schedule.longestGapMs));
    }
    if (problems.size === 0) await calmDown();
    if (problems.size === 0) {
      const { restores, restoredAt } = storm;
      const seen = { desks, project, journal, network, ledger, watch };
      for (const problem of judgeAftermath({ ...seen, restores, restoredAt })) {
        problems.add(problem);
      }
    }
  } catch (error) {
    problems.add(
      `BROKEN: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  } finally {
    for (const desk of desks) await desk.close();
  }
  const rows = Object.values(project.data.rows).reduce((sum, table) => sum + table.size, 0);
  return { seed, schedule, problems: [...problems], events, rows, trace: trace.text() };

  function createDesks(): [Workstation, ...Workstation[]] {
    const createId = createSeededIds(random.branch());
    const [user, other] = [createId(), createId()];
    const shared = { time, network, signIns, journal, trace };
    const open = (name: string, host: string, userId: string) =>
      new Workstation({ ...shared, name, host, userId, random: random.branch() });
    // One host name, with what each machine adds to it; another user's machine may add the same.
    const own = Array.from({ length: schedule.machines - 1 }, (_, at) =>
      open(`desk-${at + 2}`, `lab-${createId().slice(0, 4)}`, user),
    );
    const others = schedule.hasOtherUser ? [open("desk-of-other", "lab-0001", other)] : [];
    return [open("desk-1", "lab-0001", user), ...own, ...others];
  }

  async function until(end: number): Promise<void> {
    await time.rest();
    const over = { is: false };
    time.after(end - time.now(), () => {
      over.is = true;
    });
    while (!over.is && problems.size === 0) await next();
  }

  async function next(): Promise<void> {
    await time.step();
    events += 1;
    for (const desk of desks) {
      for (const problem of oracle.look(desk)) problems.add(problem);
    }
  }

  /** Until nothing is on its way and every machine has looked again at what the others did. */
  async function calmDown(): Promise<void> {
    storm.end();
    await time.rest();
    const deadline = time.now() + PATIENCE_MS;
    for (let rounds = 0; rounds < 4; rounds++) {
      await untilQuiet(deadline);
      if (rounds < 2 && schedule.isTidy) for (const desk of desks) workload.tidyUp(desk);
      if (schedule.isPatient) await until(time.now() + 12_000);
      else for (const desk of desks) desk.sync?.now();
      await time.rest();
      await next();
    }
    // What was refused or set aside in the storm is sent again when somebody asks for it, and then
    // the others look at it.
    for (let turn = 0; turn < 2; turn++) {
      for (const desk of desks) desk.sync?.now();
      await time.rest();
      await next();
      await untilQuiet(deadline);
    }
  }

  async function untilQuiet(deadline: number): Promise<void> {
    while (!isQuiet() && problems.size === 0) {
      if (time.now() > deadline) problems.add("STUCK: not quiet three hours after the storm");
      await next();
    }
  }

  function isQuiet(): boolean {
    if (network.underWay > 0) return false;
    return desks.every((desk) => {
      const status = desk.sync?.status();
      return status?.state === "idle" && status.counts.waiting === 0;
    });
  }
}
