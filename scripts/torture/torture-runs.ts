import { join } from "node:path";
import { killRunsOf } from "./live-attempts.ts";
import { readRunRecord, type RunRecord } from "./run-record.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { importTask, type TinyTask } from "./tiny-task.ts";
import { trainerPath } from "../bench/trainer/python-program.ts";
import { TorturedDesk } from "./tortured-desk.ts";
import { emptyVerdict, judgeByQueries, judgeByStore, type Verdict } from "./verdict.ts";
import { Killer, type Victim, VICTIMS } from "./victims.ts";

export interface RunTorture {
  kills: number;
  victim: Victim | "all";
  /** Optimiser steps of each run. */
  steps: number;
  /** So many runs are always under way or queued in each data folder. */
  jobs: number;
  /** Data folders, each with a core of its own, side by side. */
  desks: number;
  random: SeededRandom;
  python: string;
  task: TinyTask;
  /** An empty folder of the caller's. */
  folder: string;
  say: (message: string) => void;
}

export interface RunTortureResult extends Verdict {
  kills: number;
  runsLost: number;
}

const END_MS_PER_RUN = 180_000;

/** Kills while tiny runs train, and compares what they come to with a run that nobody disturbed. */
export async function tortureRuns(torture: RunTorture): Promise<RunTortureResult> {
  const { kills, random, say } = torture;
  const first = openDesk(torture, 1);
  say("Training undisturbed");
  const undisturbed = await trainUndisturbed(first, torture).catch(async (error: unknown) => {
    await leave(first);
    throw error;
  });
  const verdict = emptyVerdict();
  let done = 0;
  const onKill = (victim: Victim) => {
    done += 1;
    if (done % 10 === 0 || kills < 20) say(`${done} of ${kills} killed, the last one: ${victim}`);
  };
  const desks = Array.from({ length: torture.desks }, (_, at) =>
    at === 0 ? first : openDesk(torture, at + 1),
  );
  const lost = await Promise.all(
    desks.map((desk, at) => {
      const share = Math.floor((kills + at) / desks.length);
      const own = { ...torture, kills: share, random: random.branch() };
      return tortureDesk(desk, own, undisturbed, verdict, onKill);
    }),
  );
  for (const one of lost.flat()) say(`LOST: ${one}`);
  return { kills: done, runsLost: lost.flat().length, ...verdict };
}

async function trainUndisturbed(desk: TorturedDesk, torture: RunTorture): Promise<RunRecord> {
  await desk.create(await importTask(await desk.client(), torture.task, torture.steps));
  const [lost] = await desk.waitForEnds(END_MS_PER_RUN);
  if (lost !== undefined) throw new Error(`The undisturbed run: ${lost}`);
  const [job] = await desk.completed();
  return readRunRecord(job?.runPath ?? "");
}

/** @returns the jobs that were lost, in words. */
async function tortureDesk(
  desk: TorturedDesk,
  torture: RunTorture,
  undisturbed: RunRecord,
  verdict: Verdict,
  onKill: (victim: Victim) => void,
): Promise<string[]> {
  const { kills, jobs, random, say } = torture;
  try {
    const input = await importTask(await desk.client(), torture.task, torture.steps);
    const killer = new Killer(desk, random, () => desk.keepBusy(input, jobs));
    for (let kill = 0; kill < kills; kill++) {
      const victim = torture.victim === "all" ? random.pick(VICTIMS) : torture.victim;
      // A core that is killed while it starts is given nothing to do before.
      if (kill === 0 || victim !== "core" || kill % 5 === 0) await desk.keepBusy(input, jobs);
      await killer.kill(victim);
      onKill(victim);
    }
    say(`Waiting for the ${desk.jobIds.length} runs of ${desk.homePath}`);
    const lost = await desk.waitForEnds(END_MS_PER_RUN * (jobs + 1));
    const completed = await desk.completed();
    await judgeByQueries(verdict, await desk.client(), completed, undisturbed);
    await desk.closeCore();
    judgeByStore(verdict, desk.homePath, completed);
    return lost;
  } finally {
    await leave(desk);
  }
}

async function leave(desk: TorturedDesk): Promise<void> {
  await desk.killCore();
  await killRunsOf(desk.homePath);
}

function openDesk({ python, folder, victim }: RunTorture, number: number): TorturedDesk {
  return new TorturedDesk({
    homePath: join(folder, `desk-${number}`),
    trainerPath,
    // One thread each: several runs side by side do not wait for each other's cores.
    env: { ...process.env, LORA_DESK_PYTHON: python, OMP_NUM_THREADS: "1" },
    isRestarted: victim === "reboot" || victim === "all",
  });
}
