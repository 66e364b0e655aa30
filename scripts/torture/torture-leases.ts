import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { JobInput } from "../../shared/contract/jobs.ts";
import { trainerPath } from "../bench/trainer/python-program.ts";
import type { Observation } from "./gpu-observer.ts";
import { isTraining, killProcess, killRunsOf, liveAttempts } from "./live-attempts.ts";
import { pretendGpus } from "./pretended-gpus.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { importTask, type TinyTask } from "./tiny-task.ts";
import { TorturedDesk } from "./tortured-desk.ts";

export interface LeaseTorture {
  jobs: number;
  random: SeededRandom;
  python: string;
  /** Known to the app only: the stand-in has no use for it. */
  task: TinyTask;
  /** An empty folder of the caller's. */
  folder: string;
  say: (message: string) => void;
}

export interface LeaseTortureResult {
  jobs: number;
  /** Processes killed from outside; others crash by themselves. */
  kills: number;
  attempts: number;
  /** GPUs in use at the same instant, at most. */
  mostGpus: number;
  looks: number;
  /** Instants at which two attempts were on one GPU. */
  overlaps: number;
  jobsLost: number;
  /** Jobs that the observer never saw on a GPU: it cannot vouch for those. */
  jobsUnseen: number;
}

const END_MS = 900_000;
/** How many of the jobs want two GPUs. */
const PAIR_SHARE = 0.3;
const KILLS_PER_JOB = 0.4;
const CORE_KILL_SHARE = 0.1;

/** Many jobs on four pretended GPUs, all of them unreliable, watched from outside. */
export async function tortureLeases(torture: LeaseTorture): Promise<LeaseTortureResult> {
  const { jobs, random, python, task, folder, say } = torture;
  const { uuids, env } = pretendGpus(folder);
  const desk = new TorturedDesk({
    homePath: join(folder, "home"),
    trainerPath: standInTrainer(folder),
    env: {
      ...process.env,
      ...env,
      LORA_DESK_PYTHON: python,
      TORTURE_SEED: String(Math.floor(random.upTo(1_000_000))),
    },
    isRestarted: false,
  });
  const observer = observe(uuids);
  try {
    const input = await importTask(await desk.client(), task, 10);
    await observer.isLooking;
    for (let job = 1; job <= jobs; job++) await desk.create(wish(input, job, uuids, random));
    say(`${jobs} jobs are queued`);
    const kills = await killSome(desk, torture);
    say(`${kills} killed from outside; waiting for the rest`);
    const lost = await desk.waitForEnds(END_MS);
    for (const one of lost) say(`LOST: ${one}`);
    const seen = await observer.end();
    for (const { uuid, pids } of seen.overlaps) say(`OVERLAP on ${uuid}: ${pids.join(", ")}`);
    return {
      jobs,
      kills,
      attempts: seen.attempts,
      mostGpus: seen.mostGpus,
      looks: seen.looks,
      overlaps: seen.overlaps.length,
      jobsLost: lost.length,
      jobsUnseen: jobs - seen.runs.length,
    };
  } finally {
    observer.stop();
    await desk.killCore();
    await killRunsOf(desk.homePath);
  }
}

/** The real runner; what it starts is the stand-in. */
function standInTrainer(folder: string): string {
  const path = join(folder, "trainer");
  for (const name of ["runner.py", "doctor.py", "requirements.txt", "lora_runner"]) {
    cpSync(join(trainerPath, name), join(path, name), { recursive: true });
  }
  cpSync(join(import.meta.dirname, "stand_in_trainer"), path, { recursive: true });
  return path;
}

function wish(input: JobInput, number: number, uuids: string[], random: SeededRandom): JobInput {
  const first = Math.floor(random.upTo(uuids.length));
  const count = random.share() < PAIR_SHARE ? 2 : 1;
  const own = Array.from({ length: count }, (_, at) => uuids[(first + at) % uuids.length] ?? "");
  return { ...input, name: `Job ${number}`, device: { kind: "cuda", uuids: own } };
}

/** One runner, trainer or core after the other, until enough have been or nothing runs any more. */
async function killSome(desk: TorturedDesk, { jobs, random }: LeaseTorture): Promise<number> {
  const wanted = Math.round(jobs * KILLS_PER_JOB);
  let kills = 0;
  while (kills < wanted) {
    await delay(random.upTo(600));
    if (random.share() < CORE_KILL_SHARE) {
      await desk.client();
      await desk.killCore();
      desk.startCore();
      kills += 1;
      continue;
    }
    const attempts = liveAttempts(desk.homePath).filter(isTraining);
    const attempt = attempts[Math.floor(random.upTo(attempts.length))];
    if (attempt === undefined) {
      if (await isDone(desk)) break;
      continue;
    }
    const victim = random.share() < 0.5 ? attempt.runner : attempt.trainer;
    if (victim === null) continue;
    killProcess(victim);
    kills += 1;
  }
  return kills;
}

async function isDone(desk: TorturedDesk): Promise<boolean> {
  return (await desk.completed()).length === desk.jobIds.length;
}

function observe(uuids: readonly string[]) {
  const program = join(import.meta.dirname, "gpu-observer.ts");
  const child = spawn(process.execPath, [program, ...uuids], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("The observer ended by itself.");
    return value;
  };
  return {
    isLooking: line(),
    end: async () => {
      child.kill("SIGTERM");
      return JSON.parse(await line()) as Observation;
    },
    stop: () => child.kill("SIGKILL"),
  };
}
