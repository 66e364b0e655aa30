import { SeededRandom } from "../torture/seeded-random.ts";
import { judgeAftermath } from "./end-oracle.ts";
import { Journal } from "./journal.ts";
import { ModelProject } from "./model/model-project.ts";
import { Network } from "./network.ts";
import { drawSchedule, type Schedule } from "./schedule.ts";
import { createSeededIds } from "./seeded-ids.ts";
import { SignIns } from "./sign-ins.ts";
import { StepOracle } from "./step-oracle.ts";
import { Storm } from "./storm.ts";
import { Trace } from "./trace.ts";
import { settle, VirtualTime } from "./virtual-time.ts";
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

/** One schedule: a storm of a few virtual minutes, then quiet, then the verdict. */
export async function simulate(seed: number, isFullTrace: boolean): Promise<SimulationResult> {
  const random = new SeededRandom(seed);
  const schedule = drawSchedule(random);
  const time = new VirtualTime(START);
  const trace = new Trace(() => time.now() - START, isFullTrace);
  const journal = new Journal();
  const project = new ModelProject(time.now);
  const signIns = new SignIns(time, random.branch());
  const { faultShare, poisonShare, pageSize } = schedule;
  const network = new Network({
    time,
    random: random.branch(),
    project,
    signIns,
    trace,
    faultShare,
    pageSize,
  });
  const workload = new Workload({ random: random.branch(), journal, project, poisonShare });
  const desks = createDesks();
  const stormRandom = random.branch();
  const parts = { schedule, random: stormRandom, desks, project, network, signIns, workload };
  const storm = new Storm({ ...parts, trace, time });
  const oracle = new StepOracle(project);
  let events = 0;
  const problems = new Set<string>();

  try {
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
      const aftermath = { desks, project, journal, network, restores, restoredAt };
      for (const problem of judgeAftermath(aftermath)) problems.add(problem);
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
    const own = Array.from({ length: schedule.machines - 1 }, (_, at) =>
      open(`desk-${at + 2}`, `lab-${at + 2}`, user),
    );
    const others = schedule.hasOtherUser ? [open("desk-of-other", "lab-1", other)] : [];
    return [open("desk-1", "lab-1", user), ...own, ...others];
  }

  async function until(end: number): Promise<void> {
    await settle();
    const over = { is: false };
    time.after(end - time.now(), () => {
      over.is = true;
    });
    while (!over.is && problems.size === 0) await next();
  }

  async function next(): Promise<void> {
    await time.step();
    events += 1;
    for (const desk of desks) for (const problem of oracle.look(desk)) problems.add(problem);
  }

  /** Until nothing is on its way and every machine has looked again at what the others did. */
  async function calmDown(): Promise<void> {
    storm.end();
    await settle();
    const deadline = time.now() + PATIENCE_MS;
    for (let rounds = 0; rounds < 4; rounds++) {
      await untilQuiet(deadline);
      if (schedule.isPatient) await until(time.now() + 12_000);
      else for (const desk of desks) desk.sync?.now();
      await settle();
      await next();
    }
    // What was refused or set aside in the storm is sent again when somebody asks for it, and then
    // the others look at it.
    for (let turn = 0; turn < 2; turn++) {
      for (const desk of desks) desk.sync?.now();
      await settle();
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
