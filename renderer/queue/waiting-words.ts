import { formatDuration } from "../format/time.ts";
import type { QueuedJob } from "./queue-order.ts";

/** Why a job does not run yet; the core says also when a failed one is tried again. */
export function waitingWords({ waitingFor, notBefore }: QueuedJob, nowMs: number): string {
  if (waitingFor !== null) return waitingFor;
  const seconds = notBefore === null ? 0 : (Date.parse(notBefore) - nowMs) / 1000;
  return seconds > 0 ? `tried again in ${formatDuration(seconds)}` : "about to start";
}
