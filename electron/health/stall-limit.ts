import type { RunPhase } from "../../shared/contract/run-folder.ts";

const MINUTE_MS = 60_000;
const LEAST_MS = 10 * MINUTE_MS;
const STEPS = 20;
/** An evaluation or a checkpoint takes as long as many steps, and says nothing meanwhile. */
const WITHOUT_STEPS = 6;
/** A large model on a slow disk, a large dataset that is tokenised. */
const PREPARING_MS = 60 * MINUTE_MS;

/**
 * How long a run may give no sign of progress before it counts as stalled.
 *
 * @param stepMs the median step; null before there is any.
 */
export function stallLimitMs(phase: RunPhase, stepMs: number | null): number {
  const limitMs = Math.max(LEAST_MS, STEPS * (stepMs ?? 0));
  switch (phase) {
    case "training":
      return limitMs;
    case "evaluating":
    case "saving":
      return limitMs * WITHOUT_STEPS;
    default:
      return Math.max(PREPARING_MS, limitMs);
  }
}
