import { readdir, readFile } from "node:fs/promises";
import { execa } from "execa";
import type { Heartbeat, ProcessIdentity } from "../../shared/contract/run-folder.ts";
import { type BootId, hasNonce, startTimeInStat } from "./process-identity.ts";

interface SystemProcess extends ProcessIdentity {
  readonly group: number;
  readonly session: number;
}

/**
 * Every process that belongs to an attempt, whatever it was started by: those in the groups and
 * sessions that runner and trainer lead, and all that have the attempt's nonce.
 *
 * Linux looks through /proc and macOS asks `ps`; elsewhere there is no such list, and none is
 * found beyond those the heartbeat names.
 */
export async function processesOfRun(
  heartbeat: Heartbeat,
  presentBootId: BootId,
): Promise<ProcessIdentity[]> {
  const present = await presentBootId();
  if (present !== null && present !== heartbeat.boot_id) return [];
  const leaders = [heartbeat.runner, heartbeat.trainer].filter((leader) => leader !== null);
  const { nonce } = heartbeat;
  const found: ProcessIdentity[] = [];
  for (const candidate of await systemProcesses()) {
    const isInGroup = leaders.some(
      (leader) =>
        (candidate.group === leader.pid || candidate.session === leader.pid) &&
        isNotOlder(candidate, leader),
    );
    const isNamed = leaders.some(
      (leader) => candidate.pid === leader.pid && candidate.start_time === leader.start_time,
    );
    const isMarked = nonce === undefined ? null : await hasNonce(candidate.pid, nonce);
    // A pid that is used again may lead a group of that number: the nonce tells.
    if (isMarked ?? (isInGroup || isNamed))
      found.push({ pid: candidate.pid, start_time: candidate.start_time });
  }
  return found;
}

/** A child cannot have begun before its leader; where start times are words, nobody can tell. */
function isNotOlder(candidate: ProcessIdentity, leader: ProcessIdentity): boolean {
  const [own, other] = [Number(candidate.start_time), Number(leader.start_time)];
  return Number.isNaN(own) || Number.isNaN(other) || own >= other;
}

async function systemProcesses(): Promise<SystemProcess[]> {
  if (process.platform === "linux") {
    const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const found = await Promise.all(names.map(readProcess));
    return found.filter((one) => one !== null);
  }
  if (process.platform === "win32") return [];
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,pgid=,stat="], { reject: false });
  return stdout.split("\n").flatMap((line) => {
    const [pid, group, state = ""] = line.trim().split(/\s+/);
    if (pid === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), group: Number(group), session: 0, start_time: "unknown" }];
  });
}

async function readProcess(name: string): Promise<SystemProcess | null> {
  try {
    const stat = await readFile(`/proc/${name}/stat`, "utf8");
    const startTime = startTimeInStat(stat);
    if (startTime === "") return null;
    const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid: Number(name),
      start_time: startTime,
      group: Number(group),
      session: Number(session),
    };
  } catch {
    return null; // it has ended between the list and the look
  }
}
