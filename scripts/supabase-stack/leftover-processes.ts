import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { currentBootId, livenessOf, startTimeOf } from "../../electron/jobs/process-identity.ts";
import type { ServerProcess } from "./server-process.ts";

interface RecordedProcess {
  pid: number;
  startTime: string;
  bootId: string;
  stopBy: NodeJS.Signals;
}

const FILE = "processes.json";
const STOP_TIMEOUT_MS = 10_000;

/**
 * Notes in the stack's folder which programs it has started. A stack that is killed outright
 * leaves them running, and the next one that opens or clears away the folder ends them.
 */
export async function recordProcess(folder: string, { pid, stopBy }: ServerProcess): Promise<void> {
  const startTime = (await startTimeOf(pid)) ?? "unknown";
  const bootId = (await currentBootId()) ?? "unknown";
  const processes = [...readRecord(folder), { pid, startTime, bootId, stopBy }];
  writeFileSync(join(folder, FILE), JSON.stringify(processes));
}

/** Ends what an earlier run left behind. Only for a folder whose lock one holds. */
export async function stopLeftoverProcesses(folder: string): Promise<void> {
  await Promise.all(readRecord(folder).map(stopIfAlive));
  forgetProcesses(folder);
}

export function forgetProcesses(folder: string): void {
  rmSync(join(folder, FILE), { force: true });
}

async function stopIfAlive(recorded: RecordedProcess): Promise<void> {
  const giveUpAt = performance.now() + STOP_TIMEOUT_MS;
  if (!(await isAlive(recorded))) return;
  process.kill(recorded.pid, recorded.stopBy);
  while (await isAlive(recorded)) {
    if (performance.now() > giveUpAt) process.kill(recorded.pid, "SIGKILL");
    await pause(20);
  }
}

/** Where a system cannot tell a process from a later one with its number, it is left alone. */
async function isAlive({ pid, startTime, bootId }: RecordedProcess): Promise<boolean> {
  return (await livenessOf({ pid, start_time: startTime }, { bootId }, currentBootId)) === "alive";
}

function readRecord(folder: string): RecordedProcess[] {
  const path = join(folder, FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as RecordedProcess[]) : [];
}
