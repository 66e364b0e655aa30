import path from "node:path";

export interface EnvironmentPaths {
  /** The folder that holds all of the below. */
  folder: string;
  /** The virtual environment. It cannot be moved, so it is built in its final place. */
  environment: string;
  python: string;
  /** Written last, so only a whole environment has it. */
  stamp: string;
  /** What the last check of the Python in use found. */
  checked: string;
  buildLog: string;
  /** The process that builds, to end it when an app that was killed left it behind. */
  builder: string;
  requirements: string;
  doctor: string;
}

export function environmentPaths(
  homePath: string,
  trainerPath: string,
  platform: NodeJS.Platform,
): EnvironmentPaths {
  const folder = path.join(homePath, "python");
  const environment = path.join(folder, "env");
  return {
    folder,
    environment,
    python: pythonInside(environment, platform),
    stamp: path.join(environment, "lora-desk.json"),
    checked: path.join(folder, "checked.json"),
    buildLog: path.join(folder, "build.log"),
    builder: path.join(folder, "builder.json"),
    requirements: path.join(trainerPath, "requirements.txt"),
    doctor: path.join(trainerPath, "doctor.py"),
  };
}

/** The interpreter of a virtual environment. */
export function pythonInside(environment: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? path.join(environment, "Scripts", "python.exe")
    : path.join(environment, "bin", "python");
}
