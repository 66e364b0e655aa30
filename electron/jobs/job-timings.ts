import { DISCARD_GRACE_SECONDS, KILL_AFTER_SECONDS } from "../../shared/contract/stop-timings.ts";
import { RETRY_DELAYS_MS } from "./retry-decision.ts";

export interface JobTimings {
  /** How often a run folder is looked at when the file system gives no hint. */
  pollMs: number;
  /** How often the system is asked whether the processes of a run are still there. */
  presenceMs: number;
  /** The shortest time between two looks, and so between two batches of points. */
  batchMs: number;
  /** How long a runner that nobody saw start may take to its first heartbeat. */
  launchMs: number;
  /** Where processes cannot be told apart: after this long a silent one counts as gone. */
  staleHeartbeatMs: number;
  /** How long a new attempt waits for the processes of the last one to leave. */
  handoverMs: number;
  /** From the wish to discard until SIGTERM: there is nothing to be written. */
  discardGraceMs: number;
  /** A run that is to stop at the end of its epoch may be without a new step for this long. */
  epochSilenceMs: number;
  /** From SIGTERM until SIGKILL of all processes but the runner. */
  killAfterMs: number;
  /** From then on until SIGKILL of the runner too: it is to write exit.json. */
  killRunnerAfterMs: number;
  /** From then on until the processes count as unkillable. */
  giveUpAfterMs: number;
  /** How long the processes of a run that has ended may take to leave before they are killed. */
  leaveMs: number;
  /** Before the first, the second… retry; the last one is for all that follow. */
  retryDelaysMs: readonly number[];
  /** Before the next try after another program was found on a GPU. */
  deferMs: number;
  /** How often to look whether what blocks a waiting job is still there. */
  blockedLookMs: number;
}

export const JOB_TIMINGS: JobTimings = {
  pollMs: 500,
  presenceMs: 2000,
  batchMs: 200,
  launchMs: 60_000,
  staleHeartbeatMs: 60_000,
  handoverMs: 15_000,
  discardGraceMs: DISCARD_GRACE_SECONDS * 1000,
  epochSilenceMs: 15 * 60_000,
  killAfterMs: KILL_AFTER_SECONDS * 1000,
  killRunnerAfterMs: 5000,
  giveUpAfterMs: 60_000,
  leaveMs: 10_000,
  retryDelaysMs: RETRY_DELAYS_MS,
  deferMs: 30_000,
  blockedLookMs: 10_000,
};
