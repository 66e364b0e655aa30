import type { StopMode } from "../../shared/contract/jobs.ts";
import type { Heartbeat, RunCommand } from "../../shared/contract/run-folder.ts";
import type { JobTimings } from "./job-timings.ts";
import type { BootId } from "./process-identity.ts";
import { type Kill, signalProcess } from "./process-signal.ts";
import { launchOf, type RunFolder } from "./run-folder.ts";
import { processesOfRun } from "./run-processes.ts";
import type { RunnerProcess } from "./runner-process.ts";

/*
 * How a run is brought to stop, from the wish on:
 *
 *   ask          command.json: the trainer leaves as the mode says, for as long as its grace lasts
 *   terminate    SIGTERM to the runner, which passes it on: the same wish by another way
 *                (Windows has no such signal: there it would kill)
 *   kill         SIGKILL to all processes of the run but the runner, which still writes exit.json
 *   kill_runner  SIGKILL to the runner as well
 *   give_up      what is left cannot be ended: the job ends without it
 */
export const STOP_STAGES = ["ask", "terminate", "kill", "kill_runner", "give_up"] as const;
export type StopStage = (typeof STOP_STAGES)[number];

export function stopStageAt(elapsedMs: number, graceMs: number, timings: JobTimings): StopStage {
  const killAt = graceMs + timings.killAfterMs;
  const killRunnerAt = killAt + timings.killRunnerAfterMs;
  if (elapsedMs >= killRunnerAt + timings.giveUpAfterMs) return "give_up";
  if (elapsedMs >= killRunnerAt) return "kill_runner";
  if (elapsedMs >= killAt) return "kill";
  return elapsedMs >= graceMs ? "terminate" : "ask";
}

export interface StopRequest {
  folder: RunFolder;
  attempt: number;
  mode: StopMode;
  heartbeat: Heartbeat | null;
  /** Known only to the app that started it. */
  runner: RunnerProcess | null;
  createId: () => string;
  now: () => Date;
  timings: JobTimings;
  bootId: BootId;
  kill: Kill;
}

/** @returns a line for the job's history when a process was signalled. */
export async function pressStop(stage: StopStage, request: StopRequest): Promise<string | null> {
  const { heartbeat } = request;
  const isAskedOnly = stage === "ask" || (stage === "terminate" && process.platform === "win32");
  const asked = askToStop(stage, request);
  // A full disk, on which nobody can be asked, must not keep the signals back.
  await (isAskedOnly ? asked : asked.catch(() => undefined));
  if (isAskedOnly) return null;
  if (heartbeat === null) return pressUnnamed(stage, request.runner);
  return stage === "terminate"
    ? terminate(heartbeat, request)
    : kill(heartbeat, stage === "kill", request);
}

async function terminate(heartbeat: Heartbeat, request: StopRequest): Promise<string | null> {
  const { runner, trainer } = heartbeat;
  const signal = { name: "SIGTERM", toGroup: false } as const;
  const launch = { ...launchOf(heartbeat), presentBootId: request.bootId, kill: request.kill };
  const isFresh = isHeartbeatFresh(heartbeat, request);
  const wasSent =
    (await signalProcess(runner, launch, signal, isFresh)) ||
    (trainer !== null && (await signalProcess(trainer, launch, signal, isFresh)));
  return wasSent ? "The trainer has not stopped yet: it was asked again, by SIGTERM." : null;
}

async function kill(
  heartbeat: Heartbeat,
  isRunnerSpared: boolean,
  request: StopRequest,
): Promise<string | null> {
  const { runner, trainer } = heartbeat;
  const launch = { ...launchOf(heartbeat), presentBootId: request.bootId, kill: request.kill };
  const isFresh = isHeartbeatFresh(heartbeat, request);
  const toGroup = { name: "SIGKILL", toGroup: true } as const;
  const wasTrainerKilled =
    trainer !== null && (await signalProcess(trainer, launch, toGroup, isFresh));
  const wasRunnerKilled =
    !isRunnerSpared && (await signalProcess(runner, launch, toGroup, isFresh));
  // Those that went into a group of their own.
  const others = await processesOfRun(heartbeat, request.bootId);
  for (const other of others) {
    if (isRunnerSpared && other.pid === runner.pid) continue;
    await signalProcess(other, launch, { name: "SIGKILL", toGroup: false }, isFresh);
  }
  if (wasRunnerKilled) return "The runner did not end either: it was killed.";
  return wasTrainerKilled
    ? "The trainer did not stop in time: it was killed. Its last checkpoint is kept."
    : null;
}

function isHeartbeatFresh(heartbeat: Heartbeat, { now, timings }: StopRequest): boolean {
  return now().getTime() - heartbeat.ts * 1000 < timings.staleHeartbeatMs;
}

function pressUnnamed(stage: StopStage, runner: RunnerProcess | null): string | null {
  const signal = stage === "terminate" ? "SIGTERM" : "SIGKILL";
  return runner?.kill(signal) === true
    ? `The runner has not begun and did not stop: it got ${signal}.`
    : null;
}

const ACTIONS: Readonly<Record<StopMode, RunCommand["action"]>> = {
  checkpoint: "stop",
  after_epoch: "stop_after_epoch",
  discard: "discard",
};

/** Written once per wish; written again when the app ended before it came to it. */
async function askToStop(
  stage: StopStage,
  { folder, attempt, mode, createId, now }: StopRequest,
): Promise<void> {
  // Once signals are sent, the end of the epoch is not waited for any more.
  const action = mode === "after_epoch" && stage !== "ask" ? "stop" : ACTIONS[mode];
  if ((await folder.readCommand(attempt))?.action === action) return;
  await folder.writeCommand({ v: 1, id: createId(), attempt, action, ts: now().getTime() / 1000 });
}
