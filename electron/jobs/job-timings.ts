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
  /** From the wish to stop until SIGTERM: a step, an evaluation and a checkpoint fit in. */
  terminateAfterMs: number;
  /** From the wish to stop until SIGKILL of the trainer. */
  killAfterMs: number;
  /** From the wish to stop until SIGKILL of the runner too. */
  killRunnerAfterMs: number;
}

export const JOB_TIMINGS: JobTimings = {
  pollMs: 500,
  presenceMs: 2000,
  batchMs: 100,
  launchMs: 60_000,
  staleHeartbeatMs: 60_000,
  handoverMs: 15_000,
  terminateAfterMs: 3 * 60_000,
  killAfterMs: 10 * 60_000,
  killRunnerAfterMs: 11 * 60_000,
};
