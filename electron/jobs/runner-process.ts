import { open } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { AppError } from "../../shared/app-error.ts";
import { NONCE } from "./process-identity.ts";

/** The runner as long as the app that started it lives; afterwards only the heartbeat knows it. */
export interface RunnerProcess {
  /** How it ended, in words; null while it runs. */
  endedHow(): string | null;
  readonly ended: Promise<void>;
  /** For a runner that has not named itself by a heartbeat yet. */
  kill(signal: "SIGTERM" | "SIGKILL"): boolean;
}

export interface RunnerStart {
  pythonPath: string;
  trainerPath: string;
  runPath: string;
  logPath: string;
  attempt: number;
  /** Random; by it the processes of this attempt are told from all others. */
  nonce: string;
  leasesPath: string;
  mayShareGpu: boolean;
  playedBootId: string | null;
}

/**
 * Starts the runner in a session of its own, so that nothing that ends the app ends the run. Its
 * output goes to a file: a pipe would break with the app.
 *
 * @throws AppError `environment` when Python cannot be started at all.
 */
export async function startRunner(start: RunnerStart): Promise<RunnerProcess> {
  const log = await open(start.logPath, "a");
  // Any descriptor is taken; the types of execa name the first ten only.
  const output = log.fd as 9;
  try {
    const subprocess = execa(
      start.pythonPath,
      [
        join(start.trainerPath, "runner.py"),
        "--run",
        start.runPath,
        "--attempt",
        String(start.attempt),
        "--leases",
        start.leasesPath,
        ...(start.mayShareGpu ? ["--share-gpus"] : []),
        ...(start.playedBootId === null ? [] : ["--boot-id", start.playedBootId]),
      ],
      {
        detached: true,
        cleanup: false,
        cwd: start.trainerPath,
        env: { PYTHONUTF8: "1", [NONCE]: start.nonce },
        stdin: "ignore",
        stdout: output,
        stderr: output,
        reject: false,
        windowsHide: true,
      },
    );
    let how: string | null = null;
    const ended = subprocess.then((result) => {
      how = result.signal === undefined ? `exit code ${result.exitCode}` : result.signal;
    });
    if (subprocess.pid === undefined) {
      const { shortMessage } = await subprocess;
      throw new AppError("environment", `Python could not be started: ${shortMessage}.`, {
        details: { remedy: "Check the Python environment in Settings, then press Resume." },
      });
    }
    subprocess.nodeChildProcess.unref();
    return { endedHow: () => how, ended, kill: (signal) => subprocess.kill(signal) };
  } finally {
    await log.close();
  }
}
