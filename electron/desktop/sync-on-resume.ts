import type { Dispatch } from "../gateway/dispatch.ts";

/** What is needed of Electron's powerMonitor. */
export interface PowerMonitor {
  on(event: "resume", listener: () => void): unknown;
}

/**
 * The machine has slept: others may have changed much, and the next try may be far off by clocks
 * that stood still. Where no account is open there is nothing to sync, and it is refused.
 */
export function syncOnResume(
  monitor: PowerMonitor,
  {
    dispatch,
    log,
  }: {
    dispatch: Dispatch;
    log: (message: string, details?: Record<string, unknown>) => void;
  },
): void {
  monitor.on("resume", () => {
    dispatch("sync.now", {}, "desktop").catch((error: unknown) =>
      log("Sync could not begin after the machine's sleep", { error: String(error) }),
    );
  });
}
