import { execa } from "execa";
import { splitLines } from "./split-lines.ts";

export type LoopEnd =
  | { kind: "not_installed" }
  | { kind: "exited"; exitCode: number | null; text: string };

export interface NvidiaSmiLoop {
  /** Settles when the process is gone, which one that is stuck in the kernel may never be. */
  ended: Promise<LoopEnd>;
  stop(): void;
}

/** Starts an `nvidia-smi` that prints anew, turn after turn, until it is stopped. */
export type StartNvidiaSmiLoop = (
  args: readonly string[],
  onLine: (line: string) => void,
) => NvidiaSmiLoop;

export interface NvidiaSmiLoopOptions {
  env: NodeJS.ProcessEnv;
  /** Tried in turn. */
  commands: readonly string[];
}

const MOST_LAST_LINES = 20;

/**
 * The program dies with us, even if we are killed: its output goes into a pipe that we alone read,
 * so SIGPIPE ends it at its next turn.
 */
export function createNvidiaSmiLoop({ env, commands }: NvidiaSmiLoopOptions): StartNvidiaSmiLoop {
  return (args, onLine) => {
    const stopping = new AbortController();
    let lastLines: string[] = [];
    const take = (line: string): void => {
      lastLines = [...lastLines, line].slice(-MOST_LAST_LINES);
      if (!stopping.signal.aborted) onLine(line);
    };
    const runOnce = async (command: string): Promise<LoopEnd> => {
      const subprocess = execa(command, args, {
        env,
        extendEnv: false,
        reject: false,
        stdin: "ignore",
        windowsHide: true,
        buffer: false,
        encoding: "buffer",
        cancelSignal: stopping.signal,
        forceKillAfterDelay: 500,
        killDescendants: true,
      });
      splitLines(subprocess.stdout, take);
      splitLines(subprocess.stderr, take);
      const { code, exitCode, message } = await subprocess;
      if (code === "ENOENT") return { kind: "not_installed" };
      const text = [...lastLines, ...(exitCode === undefined ? [message ?? ""] : [])].join("\n");
      return { kind: "exited", exitCode: exitCode ?? null, text };
    };
    const run = async (): Promise<LoopEnd> => {
      for (const command of commands) {
        const end = await runOnce(command);
        if (end.kind !== "not_installed") return end;
      }
      return { kind: "not_installed" };
    };
    return { ended: run(), stop: () => stopping.abort() };
  };
}
