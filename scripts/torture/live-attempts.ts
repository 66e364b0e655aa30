import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  type Heartbeat,
  heartbeatSchema,
  type ProcessIdentity,
} from "../../shared/contract/run-folder.ts";
import { startTimeInStat } from "../../electron/jobs/process-identity.ts";

/** An attempt of a run that has a process; who of the two is gone is null. */
export interface LiveAttempt {
  runPath: string;
  attempt: number;
  nonce: string;
  runner: ProcessIdentity | null;
  trainer: ProcessIdentity | null;
}

/** As the heartbeats in a data folder name them and /proc confirms. */
export function liveAttempts(homePath: string): LiveAttempt[] {
  return runFolders(homePath).flatMap((runPath) => {
    const heartbeat = readHeartbeat(runPath);
    if (heartbeat === null) return [];
    const runner = ifAlive(heartbeat.runner);
    const trainer = heartbeat.trainer === null ? null : ifAlive(heartbeat.trainer);
    if (runner === null && trainer === null) return [];
    const { attempt, nonce = "" } = heartbeat;
    return [{ runPath, attempt, nonce, runner, trainer }];
  });
}

export function isAlive({ pid, start_time }: ProcessIdentity): boolean {
  return startTime(pid) === start_time;
}

/** How many checkpoints a run has told of. */
export function checkpointsOf(runPath: string): number {
  return readOrEmpty(join(runPath, "events.jsonl")).match(/"type": ?"checkpoint"/g)?.length ?? 0;
}

/** Whether this attempt has made a step. */
export function isTraining({ runPath, attempt }: LiveAttempt): boolean {
  const last = readOrEmpty(join(runPath, "events.jsonl"))
    .split("\n")
    .findLast((line) => /"type": ?"step"/.test(line));
  return last !== undefined && new RegExp(`"attempt": ?${attempt}\\b`).test(last);
}

/** Kills every process that has the data folder on its command line, until none is left. */
export async function killRunsOf(homePath: string): Promise<void> {
  for (;;) {
    const pids = pidsWith(join(homePath, "runs"));
    if (pids.length === 0) return;
    for (const pid of pids) killProcess({ pid });
    await delay(10);
  }
}

/** It may have ended by itself a moment before. */
export function killProcess({ pid }: Pick<ProcessIdentity, "pid">): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Processes with this on their command line. */
export function pidsWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => readOrEmpty(`/proc/${name}/cmdline`).includes(text))
    .map(Number);
}

function runFolders(homePath: string): string[] {
  const runsPath = join(homePath, "runs");
  try {
    return readdirSync(runsPath).map((name) => join(runsPath, name));
  } catch {
    return []; // the core has not made it yet
  }
}

function readHeartbeat(runPath: string): Heartbeat | null {
  const text = readOrEmpty(join(runPath, "heartbeat.json"));
  return text === "" ? null : heartbeatSchema.parse(JSON.parse(text));
}

function ifAlive(identity: ProcessIdentity): ProcessIdentity | null {
  return isAlive(identity) ? identity : null;
}

function startTime(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat === "" ? "" : startTimeInStat(stat);
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // not there yet, or gone
  }
}
