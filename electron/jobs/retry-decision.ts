import type { GpuFault } from "../../shared/contract/gpus.ts";
import type { JobError } from "./job-state.ts";

export interface RetryHistory {
  /** How often the job may be tried again in a row. */
  readonly retries: number;
  /** How often it was since its last checkpoint or the user's last word. */
  readonly retriesUsed: number;
  /** Driver errors of the job's GPUs since the attempt began. */
  readonly faults: readonly Pick<GpuFault, "xid" | "title" | "canRetryHelp">[];
}

export type RetryDecision =
  | { readonly retry: true; readonly delayMs: number; readonly number: number }
  | { readonly retry: false; readonly why: string };

/** The last one is for all that follow. */
export const RETRY_DELAYS_MS: readonly number[] = [30_000, 2 * 60_000, 10 * 60_000];

/**
 * Failures that may pass by themselves. All others come again with the same data, the same
 * settings and the same machine: bad data or settings, a model that is not there, a loss that is
 * not a number, too little GPU memory, a broken environment.
 */
const PASSING_KINDS: ReadonlySet<string> = new Set([
  /** Killed by the system because the machine's memory ran out: another program may have had it. */
  "host_out_of_memory",
  /** Ended by a signal: somebody, or a fault in a native library. */
  "killed",
  /** One of several processes that train together vanished. */
  "process_lost",
  /** The driver reported an error; the Xid, where there is one, says which. */
  "gpu_lost",
  /** The queue waits until there is room again. */
  "disk_full",
]);

/** What CUDA says of a GPU that does not come back before the computer was restarted. */
const GONE_GPU = /GPU is lost|fallen off the bus|no CUDA-capable device|device unavailable/i;

/** Whether a failed job is to be tried again by itself, and after how long. Pure. */
export function retryDecision(
  error: JobError,
  history: RetryHistory,
  delaysMs: readonly number[] = RETRY_DELAYS_MS,
): RetryDecision {
  const final = history.faults.find(({ canRetryHelp }) => !canRetryHelp);
  if (final !== undefined) {
    return no(`Xid ${final.xid} (${final.title}) is not mended by trying again.`);
  }
  if (!PASSING_KINDS.has(error.kind)) return no("The same would happen again.");
  if (error.kind === "gpu_lost" && GONE_GPU.test(error.message)) {
    return no("A GPU that was lost does not come back by itself.");
  }
  const { retries, retriesUsed } = history;
  if (retries === 0) return no("The job is not to be tried again by itself.");
  if (retriesUsed >= retries) {
    return no(retries === 1 ? "It was tried again once." : `It was tried again ${retries} times.`);
  }
  const delayMs = delaysMs[Math.min(retriesUsed, delaysMs.length - 1)] ?? 0;
  return { retry: true, delayMs, number: retriesUsed + 1 };
}

function no(why: string): RetryDecision {
  return { retry: false, why };
}
