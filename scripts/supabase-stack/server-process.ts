import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { PortTakenError } from "./free-port.ts";

export type Log = (line: string) => void;

export interface ServerProgram {
  /** What people call it, for messages. */
  name: string;
  file: string;
  args: string[];
  env: Record<string, string>;
  /** The signal that ends it in its own good way. */
  stopBy: NodeJS.Signals;
  uid?: number;
  gid?: number;
  /** Matches the line by which the program says that it is ready. */
  ready: RegExp;
  /** Matches the line by which it says that its port is taken. */
  portTaken: RegExp;
  readyTimeoutMs?: number;
}

export interface ServerProcess {
  pid: number;
  stopBy: NodeJS.Signals;
  /** Sends the signal, waits for the end, and after 10 s ends it the hard way. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;
const KEPT_LINES = 20;

/** Starts a server program and waits until it says that it is ready. */
export async function startServer(program: ServerProgram, log: Log): Promise<ServerProcess> {
  const { name, file, args, env, stopBy, ready, portTaken, readyTimeoutMs = 30_000 } = program;
  const child = spawn(file, args, {
    env: { ...inheritedEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // Out of the terminal's process group: Ctrl-C is for us, who stop the programs in their order.
    detached: process.platform !== "win32",
    ...(program.uid === undefined ? {} : { uid: program.uid }),
    ...(program.gid === undefined ? {} : { gid: program.gid }),
  });
  const lastLines: string[] = [];
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });

  // Should we end without stopping it (an error that nobody caught), it is not left behind.
  const abandon = () => void child.kill(stopBy);
  process.on("exit", abandon);
  void ended.then(() => process.off("exit", abandon));

  await new Promise<void>((resolve, reject) => {
    function fail(reason: string): void {
      clearTimeout(timer);
      child.kill("SIGKILL");
      const said = lastLines.length === 0 ? "It said nothing." : lastLines.join("\n");
      const message = `${name} did not start: ${reason}. Its last words:\n${said}`;
      const isPortTaken = lastLines.some((line) => portTaken.test(line));
      reject(isPortTaken ? new PortTakenError(message) : new Error(message));
    }
    const timer = setTimeout(
      () => fail(`it was not ready after ${readyTimeoutMs / 1000} s`),
      readyTimeoutMs,
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        log(`${name}: ${line}`);
        lastLines.push(line);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        if (!ready.test(line)) return;
        clearTimeout(timer);
        resolve();
      });
    }
    void ended.then(fail);
  });
  return { pid: child.pid ?? 0, stopBy, stop: () => stop(child, ended, stopBy) };
}

async function stop(
  child: ChildProcess,
  ended: Promise<string>,
  signal: NodeJS.Signals,
): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  child.kill(signal);
  await ended;
  clearTimeout(timer);
}

/** Without the variables that would change how PostgreSQL and PostgREST behave. */
function inheritedEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(PG|PGRST_|LC_|LANG$|LANGUAGE$)/.test(key)),
  );
}
