import path from "node:path";
import { execa } from "execa";

export type NvidiaSmiAnswer =
  | { kind: "answered"; text: string }
  | { kind: "not_installed" }
  | { kind: "failed"; exitCode: number | null; text: string }
  | { kind: "hung"; timeoutMs: number };

export interface NvidiaSmiOptions {
  env: NodeJS.ProcessEnv;
  /** Tried in turn. */
  commands: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
}

export type NvidiaSmi = (args: readonly string[]) => Promise<NvidiaSmiAnswer>;

/** The name on PATH first, then where the drivers put the program without extending PATH. */
export function nvidiaSmiCommands(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  switch (platform) {
    case "win32":
      return [
        "nvidia-smi",
        path.win32.join(env["SystemRoot"] ?? "C:\\Windows", "System32", "nvidia-smi.exe"),
        path.win32.join(
          env["ProgramFiles"] ?? "C:\\Program Files",
          "NVIDIA Corporation",
          "NVSMI",
          "nvidia-smi.exe",
        ),
      ];
    case "linux":
      return ["nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"];
    default:
      return ["nvidia-smi"];
  }
}

/**
 * Runs `nvidia-smi`. With a driver that hangs, the program may sit in the kernel where not even
 * SIGKILL ends it; then every later call answers `hung` until that one process is gone, so that
 * they never pile up.
 */
export function createNvidiaSmi({ env, commands, timeoutMs, signal }: NvidiaSmiOptions): NvidiaSmi {
  let stuck: Promise<unknown> | null = null;

  const runOnce = async (command: string, args: readonly string[]): Promise<NvidiaSmiAnswer> => {
    const subprocess = execa(command, args, {
      env,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      windowsHide: true,
      timeout: timeoutMs,
      forceKillAfterDelay: 500,
      cancelSignal: signal,
      killDescendants: true,
    });
    const grace = Promise.withResolvers<"stuck">();
    const timer = setTimeout(() => grace.resolve("stuck"), timeoutMs + 1500);
    const result = await Promise.race([subprocess, grace.promise]);
    clearTimeout(timer);
    if (result === "stuck") {
      const thisOne: Promise<unknown> = subprocess.then(() => {
        if (stuck === thisOne) stuck = null;
      });
      stuck = thisOne;
      return { kind: "hung", timeoutMs };
    }
    if (result.timedOut) return { kind: "hung", timeoutMs };
    if (result.code === "ENOENT") return { kind: "not_installed" };
    if (result.exitCode === 0) return { kind: "answered", text: result.stdout };
    const text = [result.stdout, result.stderr, result.exitCode === undefined ? result.message : ""]
      .filter((part) => part !== undefined && part.trim() !== "")
      .join("\n");
    return { kind: "failed", exitCode: result.exitCode ?? null, text };
  };

  return async (args) => {
    if (stuck !== null) return { kind: "hung", timeoutMs };
    for (const command of commands) {
      const answer = await runOnce(command, args);
      if (answer.kind !== "not_installed") return answer;
    }
    return { kind: "not_installed" };
  };
}
