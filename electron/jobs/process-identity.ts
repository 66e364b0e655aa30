import { readFile } from "node:fs/promises";
import { execa } from "execa";
import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";

/** The environment variable by which a run's processes are known, see `runner.py`. */
export const NONCE = "LORA_DESK_NONCE";

/**
 * `uncertain`: a process with this pid exists, but the system cannot tell whether it is the same
 * one (Windows: only the pid is compared). Callers then look at how old the heartbeat is.
 */
export type Liveness = "alive" | "gone" | "uncertain";

/** What the heartbeat says of the processes it names. */
export interface LaunchIdentity {
  readonly bootId: string;
  /** Random, in the environment of what was launched; runs of older releases have none. */
  readonly nonce?: string | undefined;
}

export type BootId = () => Promise<string | null>;

/**
 * Tells a process from a later one with the same pid: by its start time, the boot, and the nonce
 * where the system shows it (Linux: /proc/<pid>/environ).
 *   Linux    /proc/<pid>/stat field 22, /proc/sys/kernel/random/boot_id; a zombie is gone
 *   macOS    ps -o lstart=, sysctl kern.bootsessionuuid; another start time is not quite certain
 *   others   the pid alone
 */
export async function livenessOf(
  identity: ProcessIdentity,
  { bootId, nonce }: LaunchIdentity,
  presentBootId: BootId,
): Promise<Liveness> {
  const present = await presentBootId();
  if (present !== null && present !== bootId) return "gone";
  const startTime = await startTimeOf(identity.pid);
  if (startTime === "") return "gone";
  if (startTime === null || identity.start_time === "unknown") return "uncertain";
  if (fold(startTime) === fold(identity.start_time)) {
    return nonce !== undefined && (await hasNonce(identity.pid, nonce)) === false
      ? "gone"
      : "alive";
  }
  // `ps` words the time by language and time zone, which may have changed since.
  return process.platform === "darwin" ? "uncertain" : "gone";
}

/** Null where the system has none that the runner would name in the same way. */
export async function currentBootId(): Promise<string | null> {
  if (process.platform === "linux") {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  }
  if (process.platform === "darwin") {
    const { stdout } = await execa("sysctl", ["-n", "kern.bootsessionuuid"]);
    return stdout.trim();
  }
  return null;
}

/**
 * The start time as the runner writes it; empty when there is no such process, null when there is
 * one and no way to tell since when.
 */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (process.platform === "linux") return startTimeFromProc(pid);
  if (process.platform === "darwin") {
    const ps = execa("ps", ["-o", "lstart=", "-p", String(pid)], { reject: false });
    return (await ps).stdout.trim();
  }
  return exists(pid) ? null : "";
}

async function startTimeFromProc(pid: number): Promise<string> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
  return startTimeInStat(stat);
}

/**
 * Reads a line of /proc/<pid>/stat. A process of many threads whose first one has ended shows as a
 * zombie while the others still hold its files and locks: it has not left yet.
 *
 * @returns the start time, empty for a process that is no more than a zombie.
 */
export function startTimeInStat(stat: string): string {
  // Field 2 is the command in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const threads = Number(fields[17]);
  const isOver = state === "X" || (state === "Z" && threads <= 1);
  return isOver ? "" : (fields[19] ?? "");
}

/** Null where the system does not show it: another user's process, or not Linux. */
export async function hasNonce(pid: number, nonce: string): Promise<boolean | null> {
  if (process.platform !== "linux") return null;
  try {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8");
    return environment === "" ? null : environment.split("\0").includes(`${NONCE}=${nonce}`);
  } catch {
    return null;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function fold(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
