import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";
import { livenessOf } from "./process-identity.ts";

export interface Signal {
  name: "SIGTERM" | "SIGKILL";
  /** To the process and all it started: runner and trainer each lead a group of their own. */
  toGroup: boolean;
}

/**
 * Signals a process only if it is certainly the one that is meant: pids are used again. Where the
 * system cannot tell, a fresh heartbeat must vouch for it.
 *
 * @returns whether a signal was sent.
 */
export async function signalProcess(
  identity: ProcessIdentity,
  bootId: string,
  signal: Signal,
  isHeartbeatFresh: boolean,
): Promise<boolean> {
  const liveness = await livenessOf(identity, bootId);
  if (liveness === "gone" || (liveness === "uncertain" && !isHeartbeatFresh)) return false;
  const isGroup = signal.toGroup && process.platform !== "win32";
  try {
    process.kill(isGroup ? -identity.pid : identity.pid, signal.name);
    return true;
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
