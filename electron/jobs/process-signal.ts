import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";
import { type BootId, type LaunchIdentity, livenessOf } from "./process-identity.ts";

export interface Signal {
  name: "SIGTERM" | "SIGKILL";
  /** To the process and all it started: runner and trainer each lead a group of their own. */
  toGroup: boolean;
}

/** How processes are told apart and signalled; handed in so that a test can play a dead end. */
export interface SignalWays {
  presentBootId: BootId;
  kill: Kill;
}

export type Kill = (pid: number, signal: Signal["name"]) => unknown;

/**
 * Signals a process only if it is certainly the one that is meant: pids are used again. Where the
 * system cannot tell, a fresh heartbeat must vouch for it.
 *
 * @returns whether a signal was sent.
 */
export async function signalProcess(
  identity: ProcessIdentity,
  launch: LaunchIdentity & SignalWays,
  signal: Signal,
  isHeartbeatFresh: boolean,
): Promise<boolean> {
  const liveness = await livenessOf(identity, launch, launch.presentBootId);
  if (liveness === "gone" || (liveness === "uncertain" && !isHeartbeatFresh)) return false;
  const isGroup = signal.toGroup && process.platform !== "win32";
  try {
    launch.kill(isGroup ? -identity.pid : identity.pid, signal.name);
    return true;
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
