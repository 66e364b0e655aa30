import { existsSync } from "node:fs";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";
import { type Interpreter, probeInterpreter } from "./probe-interpreter.ts";
import { pythonRemedy } from "./python-remedy.ts";

export type PythonCommand = readonly [string, ...string[]];

const OLDEST_MINOR = 10;
/** The trainer's packages are published for these and best tried with them. */
const BEST_MINORS: ReadonlySet<number> = new Set([11, 12, 13]);

export interface FindPythonOptions {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** uv brings its own way to make environments, so Python's venv may then be missing. */
  needsVenv: boolean;
  signal?: AbortSignal;
  candidates?: readonly PythonCommand[];
}

/**
 * Finds a Python to build the environment from, by running the candidates in turn.
 * @throws AppError `environment` with what to install on this platform.
 */
export async function findPython(options: FindPythonOptions): Promise<Interpreter> {
  const { env, platform, needsVenv, signal } = options;
  const seen = new Map<string, Interpreter>();
  for (const command of options.candidates ?? pythonCandidates(platform, env)) {
    const answer = await probeInterpreter(command, env, signal);
    if (!answer.found) continue;
    const { interpreter } = answer;
    if (isUsable(interpreter, needsVenv) && BEST_MINORS.has(interpreter.version[1])) {
      return interpreter;
    }
    if (!seen.has(interpreter.executable)) seen.set(interpreter.executable, interpreter);
  }

  const found = [...seen.values()];
  const usable = found.filter((interpreter) => isUsable(interpreter, needsVenv));
  // Of the others the oldest: for one newer than we know, packages may not be published yet.
  const secondBest = usable.toSorted((a, b) => a.version[1] - b.version[1])[0];
  if (secondBest !== undefined) return secondBest;

  const withoutVenv = found.find((interpreter) => isUsable(interpreter, false));
  if (withoutVenv !== undefined) {
    throw new AppError(
      "environment",
      `Python ${versionText(withoutVenv)} at ${withoutVenv.executable} cannot make virtual environments (its modules venv and ensurepip are missing). ${pythonRemedy(platform, "venv", withoutVenv.version)}`,
    );
  }
  const tooOld = found.map((one) => `${versionText(one)} at ${one.executable}`).join(", ");
  throw new AppError(
    "environment",
    `${tooOld === "" ? "No Python was found on this computer" : `No suitable Python was found (only ${tooOld})`}; 3.10 or newer, 64-bit, is needed. ${pythonRemedy(platform, "python")}`,
  );
}

/** Whether the trainer can run on it at all. */
export function isRecentEnough({ version: [major, minor], bits }: Interpreter): boolean {
  return major === 3 && minor >= OLDEST_MINOR && bits === 64;
}

export function versionText({ version, bits }: Interpreter): string {
  return `${version.join(".")}${bits === 64 ? "" : ` (${bits}-bit)`}`;
}

function isUsable(interpreter: Interpreter, needsVenv: boolean): boolean {
  return isRecentEnough(interpreter) && (interpreter.hasVenv || !needsVenv);
}

/** The user's own default first, then by version, then where installers put it. */
export function pythonCandidates(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): readonly PythonCommand[] {
  const named: PythonCommand[] = [
    ["python3"],
    ["python"],
    ["python3.12"],
    ["python3.11"],
    ["python3.13"],
    ["python3.10"],
  ];
  if (platform === "win32") {
    const local = path.win32.join(env["LOCALAPPDATA"] ?? "", "Programs", "Python");
    const installed = ["312", "311", "313", "310"].map((digits): PythonCommand => [
      path.win32.join(local, `Python${digits}`, "python.exe"),
    ]);
    const launched = ["3", "3.12", "3.11", "3.13", "3.10"].map((version): PythonCommand => [
      "py",
      `-${version}`,
    ]);
    return [...launched, ["python"], ["python3"], ...installed];
  }
  if (platform === "darwin") {
    // An app started from the Finder has a short PATH.
    const versions = ["3.12", "3.11", "3.13", "3.10"];
    const elsewhere = versions.flatMap((version): PythonCommand[] => [
      [`/opt/homebrew/bin/python${version}`],
      [`/usr/local/bin/python${version}`],
      [`/Library/Frameworks/Python.framework/Versions/${version}/bin/python3`],
    ]);
    return [...named, ...elsewhere].filter(([file]) => !isInstallerStub(file, env));
  }
  return [...named, ["/usr/bin/python3"], ["/usr/local/bin/python3"]];
}

/** Apple's /usr/bin/python3 opens an installer window while the developer tools are missing. */
function isInstallerStub(file: string, env: NodeJS.ProcessEnv): boolean {
  if (file !== "python3" && file !== "python") return false;
  if (existsSync("/Library/Developer/CommandLineTools/usr/bin/python3")) return false;
  if (existsSync("/Applications/Xcode.app")) return false;
  const folders = (env["PATH"] ?? "").split(":");
  return folders.find((folder) => existsSync(path.join(folder, file))) === "/usr/bin";
}
