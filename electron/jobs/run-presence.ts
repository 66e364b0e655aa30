import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import type { JobTimings } from "./job-timings.ts";
import { type BootId, livenessOf } from "./process-identity.ts";
import { launchOf } from "./run-folder.ts";
import { processesOfRun } from "./run-processes.ts";
import type { RunnerProcess } from "./runner-process.ts";

/**
 * `never_began`: the runner that this app started ended before its first heartbeat.
 * `gone`: no process of the attempt is left.
 * `unkillable`: one is left that no signal ends.
 */
export type Presence = "present" | "gone" | "never_began" | "unkillable";

/**
 * Whether an attempt still has a process. A trainer whose runner was killed goes on alone and is
 * present: a second attempt beside it would write into the same files.
 */
export async function presenceOf(attempt: {
  heartbeat: Heartbeat | null;
  runner: RunnerProcess | null;
  startedAt: string;
  now: Date;
  timings: JobTimings;
  bootId: BootId;
}): Promise<Presence> {
  const { heartbeat, runner, timings } = attempt;
  if (heartbeat === null) {
    if (runner !== null) return runner.endedHow() === null ? "present" : "never_began";
    const waitedMs = attempt.now.getTime() - Date.parse(attempt.startedAt);
    return waitedMs > timings.launchMs || waitedMs < 0 ? "gone" : "present";
  }
  const found = await Promise.all(
    [heartbeat.runner, heartbeat.trainer]
      .filter((identity) => identity !== null)
      .map((identity) => livenessOf(identity, launchOf(heartbeat), attempt.bootId)),
  );
  if (found.includes("alive")) return "present";
  if (!found.includes("uncertain")) {
    // A runner that was killed as it started the trainer has not named it.
    const isUnnamed = heartbeat.trainer === null && heartbeat.nonce !== undefined;
    const unnamed = isUnnamed ? await processesOfRun(heartbeat, attempt.bootId) : [];
    return unnamed.length === 0 ? "gone" : "present";
  }
  const silentMs = attempt.now.getTime() - heartbeat.ts * 1000;
  return silentMs > timings.staleHeartbeatMs ? "gone" : "present";
}
