import type { RenderProcessGoneDetails } from "electron";

/** What is needed of WebContents to bring a crashed page back. */
export interface CrashingContents {
  on(
    event: "render-process-gone",
    listener: (event: unknown, details: RenderProcessGoneDetails) => void,
  ): unknown;
  isDestroyed(): boolean;
  reload(): void;
}

export interface CrashRecoveryParts {
  now(): number;
  warn(message: string, details: Record<string, unknown>): void;
  /** The page has crashed twice in short time: asks whether to try once more. */
  askToReload(details: RenderProcessGoneDetails): Promise<boolean>;
  giveUp(): void;
}

const shortTimeMs = 60_000;

/** Reloads a crashed page once by itself; a second crash soon after is the person's to decide. */
export function recoverFromCrashes(contents: CrashingContents, parts: CrashRecoveryParts): void {
  let lastCrashAt = Number.NEGATIVE_INFINITY;
  contents.on("render-process-gone", (_event, details) => {
    if (details.reason === "clean-exit") return;
    const isAgain = parts.now() - lastCrashAt < shortTimeMs;
    lastCrashAt = parts.now();
    parts.warn("The window's page has crashed.", { ...details, isAgain });
    if (!isAgain) {
      if (!contents.isDestroyed()) contents.reload();
      return;
    }
    parts
      .askToReload(details)
      .catch(() => false)
      .then((isWanted) => {
        if (!isWanted) parts.giveUp();
        else if (!contents.isDestroyed()) contents.reload();
      })
      .catch(() => undefined);
  });
}
