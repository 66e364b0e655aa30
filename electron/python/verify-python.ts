import { z } from "zod";
import {
  type EnvironmentReport,
  environmentReportSchema,
} from "../../shared/contract/environment.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { EnvironmentPaths } from "./environment-paths.ts";
import { runProgram } from "./run-program.ts";

/** Importing torch for the first time from a cold disk or under a virus scanner takes minutes. */
const TIMEOUT_MS = 300_000;

const foundSchema = environmentReportSchema.omit({ checkedAt: true, pythonPath: true });
const troubleSchema = z.object({ error: z.object({ package: z.string(), message: z.string() }) });

export type Verification =
  | { isUsable: true; report: EnvironmentReport }
  | { isUsable: false; failure: Failure };

export interface VerifyOptions {
  pythonPath: string;
  source: "own" | "chosen";
  paths: EnvironmentPaths;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
}

/** Imports the trainer's packages in that Python and reads what they say of themselves. */
export async function verifyPython(options: VerifyOptions): Promise<Verification> {
  const { pythonPath, paths, env, now, signal } = options;
  const lines: string[] = [];
  const end = await runProgram(pythonPath, [paths.doctor], {
    env: { ...env, HF_HUB_OFFLINE: "1" },
    timeoutMs: TIMEOUT_MS,
    signal,
    onStdoutLine: (line) => lines.push(line),
  });
  signal.throwIfAborted();

  if (end.startError !== null) {
    return unusable(
      `The Python at ${pythonPath} cannot be started (${end.startError}).`,
      options.source === "own"
        ? "Build the environment again."
        : "Choose another Python in Settings, or go back to the app's own.",
    );
  }
  if (end.isTimedOut) {
    return unusable(
      `The packages at ${pythonPath} could not be imported within ${TIMEOUT_MS / 60_000} minutes.`,
      "Close programs that use the disk, or exempt the data folder from the virus scanner, and check again.",
    );
  }
  for (const answer of lines.toReversed().map(parseJson)) {
    const found = foundSchema.safeParse(answer);
    if (end.exitCode === 0 && found.success) {
      return {
        isUsable: true,
        report: { ...found.data, pythonPath, checkedAt: now().toISOString() },
      };
    }
    const trouble = troubleSchema.safeParse(answer);
    if (trouble.success) {
      const { package: name, message } = trouble.data.error;
      const why = message.slice(0, 500).replace(/\.+$/, "");
      return unusable(
        `The package ${name} cannot be imported in ${pythonPath}: ${why}.`,
        repairAdvice(options),
      );
    }
  }
  return unusable(
    `Checking the Python at ${pythonPath} failed (${end.exitCode === null ? "it was ended from outside" : `exit code ${end.exitCode}`}).`,
    repairAdvice(options),
    { lastLines: end.lastLines.slice(-20) },
  );
}

function repairAdvice({ source, pythonPath, paths }: VerifyOptions): string {
  return source === "own"
    ? "Build the environment again (Settings, Repair)."
    : `Install them with: "${pythonPath}" -m pip install -r "${paths.requirements}" – or go back to the app's own environment in Settings.`;
}

function unusable(what: string, remedy: string, details?: Record<string, unknown>): Verification {
  const failure: Failure = { kind: "environment", message: `${what} ${remedy}` };
  return { isUsable: false, failure: details === undefined ? failure : { ...failure, details } };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
