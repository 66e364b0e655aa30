import type { Heartbeat } from "../../shared/contract/run-folder.ts";
import type { JobTimings } from "./job-timings.ts";
import { signalProcess } from "./process-signal.ts";
import type { RunFolder } from "./run-folder.ts";
import type { RunnerProcess } from "./runner-process.ts";

/*
 * How a run is brought to stop, from the wish on:
 *
 *   ask          command.json: the trainer writes a checkpoint and leaves within a step
 *   terminate    SIGTERM to the runner, which passes it on: the same wish by another way
 *                (Windows has no such signal: there it would kill)
 *   kill         SIGKILL to the trainer's group; the runner still writes exit.json
 *   kill_runner  SIGKILL to the runner's group as well
 */
export const STOP_STAGES = ["ask", "terminate", "kill", "kill_runner"] as const;
export type StopStage = (typeof STOP_STAGES)[number];

export function stopStageAt(elapsedMs: number, timings: JobTimings): StopStage {
  if (elapsedMs >= timings.killRunnerAfterMs) return "kill_runner";
  if (elapsedMs >= timings.killAfterMs) return "kill";
  return elapsedMs >= timings.terminateAfterMs ? "terminate" : "ask";
}

export interface StopRequest {
  folder: RunFolder;
  attempt: number;
  heartbeat: Heartbeat | null;
  /** Known only to the app that started it. */
  runner: RunnerProcess | null;
  createId: () => string;
  now: () => Date;
  timings: JobTimings;
}

/** @returns a line for the job's history when a process was signalled. */
export async function pressStop(stage: StopStage, request: StopRequest): Promise<string | null> {
  await askToStop(request);
  const { heartbeat } = request;
  if (stage === "ask" || (stage === "terminate" && process.platform === "win32")) return null;
  if (heartbeat === null) return pressUnnamed(stage, request.runner);
  const ageMs = request.now().getTime() - heartbeat.ts * 1000;
  const isFresh = ageMs < request.timings.staleHeartbeatMs;
  const { runner, trainer, boot_id: bootId } = heartbeat;
  if (stage === "terminate") {
    const terminate = { name: "SIGTERM", toGroup: false } as const;
    const wasSent =
      (await signalProcess(runner, bootId, terminate, isFresh)) ||
      (trainer !== null && (await signalProcess(trainer, bootId, terminate, isFresh)));
    return wasSent ? "The trainer has not stopped yet: it was asked again, by SIGTERM." : null;
  }
  const kill = { name: "SIGKILL", toGroup: true } as const;
  const wasTrainerKilled =
    trainer !== null && (await signalProcess(trainer, bootId, kill, isFresh));
  const wasRunnerKilled =
    stage === "kill_runner" && (await signalProcess(runner, bootId, kill, isFresh));
  if (wasRunnerKilled) return "The runner did not end either: it was killed.";
  return wasTrainerKilled
    ? "The trainer did not stop in time: it was killed. Its last checkpoint is kept."
    : null;
}

function pressUnnamed(stage: StopStage, runner: RunnerProcess | null): string | null {
  const signal = stage === "terminate" ? "SIGTERM" : "SIGKILL";
  return runner?.kill(signal) === true
    ? `The runner has not begun and did not stop: it got ${signal}.`
    : null;
}

/** Written once per attempt; written again when the app ended before it came to it. */
async function askToStop({ folder, attempt, createId, now }: StopRequest): Promise<void> {
  if ((await folder.readCommand(attempt))?.action === "stop") return;
  await folder.writeCommand({
    v: 1,
    id: createId(),
    attempt,
    action: "stop",
    ts: now().getTime() / 1000,
  });
}
