import { execa } from "execa";
import type { Notice } from "../../shared/contract/notifications.ts";
import type { HookAnswer } from "./hook-answer.ts";

const TIMEOUT_MS = 30_000;

/** Runs a program without a shell, the notice as one line of JSON on its standard input. */
export async function runCommand(
  command: readonly string[],
  notice: Notice,
  signal: AbortSignal,
  options: { cwd: string; timeoutMs?: number },
): Promise<HookAnswer> {
  const [program = "", ...args] = command;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const end = await execa(program, args, {
    input: `${JSON.stringify(notice)}\n`,
    cwd: options.cwd,
    stdout: "ignore",
    stderr: "ignore",
    timeout: timeoutMs,
    cancelSignal: signal,
    forceKillAfterDelay: 2000,
    reject: false,
    windowsHide: true,
  });
  if (!end.failed) return { isDelivered: true };
  const { problem, canTryAgain } = describe(program, end, timeoutMs);
  return { isDelivered: false, problem, canTryAgain };
}

interface End {
  timedOut: boolean;
  isCanceled: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
}

function describe(program: string, end: End, timeoutMs: number) {
  if (end.timedOut) {
    const seconds = Math.round(timeoutMs / 1000);
    return { problem: `${program} did not end within ${seconds} s.`, canTryAgain: true };
  }
  if (end.isCanceled) return { problem: "LoRA Desk is closing.", canTryAgain: true };
  if (end.code === "ENOENT") {
    return { problem: `${program} was not found. Give its whole path.`, canTryAgain: false };
  }
  if (end.code === "EACCES") {
    return { problem: `${program} may not be run: it is not executable.`, canTryAgain: false };
  }
  const how =
    end.exitCode === undefined ? (end.signal ?? end.code ?? "") : `exit code ${end.exitCode}`;
  return { problem: `${program} failed (${how}).`, canTryAgain: true };
}
