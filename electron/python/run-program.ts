import { execa } from "execa";

export interface ProgramOptions {
  /** The whole environment of the program; nothing is added to it. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Longer lines are cut; 10,000 characters unless a program answers in long ones. */
  longestLine?: number;
  /** How long it may tidy up after SIGTERM before SIGKILL; 3 s unless there is much to remove. */
  killAfterMs?: number;
  onStarted?: (pid: number) => void;
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
}

export interface ProgramEnd {
  /** Null when it did not start or was ended by a signal. */
  exitCode: number | null;
  /** Why it could not be started (`ENOENT`, `EACCES`…), else null. */
  startError: string | null;
  isTimedOut: boolean;
  isCancelled: boolean;
  /** The last lines that it printed, both streams in order of arrival. */
  lastLines: readonly string[];
}

const KEPT_LINES = 200;
const LONGEST_LINE = 10_000;
const KILL_AFTER_MS = 3000;

/**
 * Runs a program to its end, line by line; never throws for what the program does. Cancelling or a
 * timeout ends its children too (pip and uv start others): SIGTERM, and SIGKILL `killAfterMs` later.
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  const { longestLine = LONGEST_LINE, killAfterMs = KILL_AFTER_MS } = options;
  const lastLines: string[] = [];
  const take = (onLine: ((line: string) => void) | undefined) =>
    function* (rawLine: unknown): Generator<string> {
      const line = plainLine(String(rawLine)).slice(0, longestLine);
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine?.(line);
      // Nothing is handed on, so that nothing is kept in memory.
      yield* [];
    };

  const subprocess = execa(file, args, {
    env: options.env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    stdout: take(options.onStdoutLine),
    stderr: take(options.onStderrLine),
    windowsHide: true,
    killDescendants: true,
    forceKillAfterDelay: killAfterMs,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  if (subprocess.pid !== undefined) options.onStarted?.(subprocess.pid);
  const result = await subprocess;
  return {
    exitCode: result.exitCode ?? null,
    startError: result.exitCode === undefined ? (result.code ?? null) : null,
    isTimedOut: result.timedOut,
    isCancelled: result.isCanceled,
    lastLines,
  };
}

/** Colours and cursor moves mean nothing in a log; a line redrawn with \r keeps its last state. */
function plainLine(line: string): string {
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is removed
  const text = line.replace(/\u001B\[[0-9;?]*[A-Za-z]/g, "").replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}
