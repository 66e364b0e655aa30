import { type BootId, livenessOf } from "./process-identity.ts";
import type { RunFolder } from "./run-folder.ts";
import { untilTrue } from "./until-true.ts";

/** How long to wait, how often to look, and what ends the waiting early. */
export interface Patience {
  timeoutMs: number;
  intervalMs: number;
  signal?: AbortSignal;
  bootId: BootId;
}

/**
 * Gives the processes of the last attempt time to leave: a runner lives on for a moment after it
 * has written exit.json.
 *
 * @returns the pids of those that are still alive then; none when all have left.
 */
export async function waitForLastProcesses(
  folder: RunFolder,
  { timeoutMs, intervalMs, signal, bootId: presentBootId }: Patience,
): Promise<number[]> {
  const processes = await folder.readLastProcesses();
  let alive: number[] = [];
  const areGone = async () => {
    alive = [];
    for (const { identity, launch } of processes) {
      if ((await livenessOf(identity, launch, presentBootId)) === "alive") alive.push(identity.pid);
    }
    return alive.length === 0;
  };
  const timeout = AbortSignal.timeout(timeoutMs);
  await untilTrue(
    areGone,
    intervalMs,
    signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
  );
  return alive;
}
