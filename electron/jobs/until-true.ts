import { setTimeout as wait } from "node:timers/promises";

/** Asks again and again until the answer is yes (true) or `signal` is aborted (false). */
export async function untilTrue(
  ask: () => Promise<boolean>,
  intervalMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    if (await ask()) return true;
    if (signal.aborted) return false;
    try {
      await wait(intervalMs, undefined, { signal });
    } catch {
      return false;
    }
  }
}
