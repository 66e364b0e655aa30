import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { pythonInside } from "./environment-paths.ts";
import { isRecentEnough, versionText } from "./find-python.ts";
import { probeInterpreter } from "./probe-interpreter.ts";

/**
 * Makes what a person typed (an interpreter, or the folder of a virtual environment) the path of an
 * interpreter that runs.
 *
 * @throws AppError `invalid_input` that says why it cannot be used.
 */
export async function resolveChosenPython(
  typed: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string> {
  const expanded = typed.trim().replace(/^~(?=$|[\\/])/, os.homedir());
  if (!path.isAbsolute(expanded)) {
    throw new AppError(
      "invalid_input",
      `“${typed}” is no full path. Give the whole path of a Python program or of a virtual environment's folder.`,
    );
  }
  const found = await stat(expanded).catch(() => null);
  if (found === null) {
    throw new AppError("invalid_input", `There is nothing at ${expanded}. Check the path.`);
  }
  // Not its real path: behind a virtual environment's link lies a Python that lacks its packages.
  const pythonPath = found.isDirectory()
    ? pythonInside(expanded, platform)
    : path.normalize(expanded);
  const answer = await probeInterpreter([pythonPath], env);
  if (!answer.found) {
    throw new AppError(
      "invalid_input",
      `${pythonPath} is no Python that can be used: ${answer.reason}. Choose a Python program or a virtual environment's folder.`,
    );
  }
  if (!isRecentEnough(answer.interpreter)) {
    throw new AppError(
      "invalid_input",
      `${pythonPath} is Python ${versionText(answer.interpreter)}; 3.10 or newer, 64-bit, is needed.`,
    );
  }
  return pythonPath;
}
