import { rm } from "node:fs/promises";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { checkDiskSpace, type SpaceNeed } from "./disk-space.ts";
import type { EnvironmentPaths } from "./environment-paths.ts";
import { hashRequirements, writeStamp } from "./environment-stamp.ts";
import { canTellProgress, findInstaller, type Installer } from "./find-installer.ts";
import { findPython, versionText } from "./find-python.ts";
import { installFailure } from "./install-failure.ts";
import { createInstallProgress } from "./install-progress.ts";
import { endLeftoverBuilder, forgetBuilder, rememberBuilder } from "./leftover-builder.ts";
import { runProgram } from "./run-program.ts";

type Step = Extract<EnvironmentStatus, { state: "building" }>["step"];
export type BuildStepProgress = (step: Step, message: string, share: number) => void;

export interface BuildOptions {
  paths: EnvironmentPaths;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  spaceNeed: SpaceNeed;
  now: () => Date;
  signal: AbortSignal;
  onProgress: BuildStepProgress;
  onOutput: (line: string) => void;
}

/** Where in the whole build each step begins; the check that follows takes the rest. */
const SHARES = { create: 0.01, install: 0.04, verify: 0.92 };
/** With everything it needs: guesses, for the progress only. */
const EXPECTED_BYTES = { cudaTorch: 2.6e9, cpuTorch: 0.4e9 };

/**
 * Builds the app's own environment from nothing. The stamp is written last: without it whatever
 * lies in the folder counts as unfinished.
 *
 * @throws AppError with the remedy; the signal's reason when it was cancelled.
 */
export async function buildEnvironment(options: BuildOptions): Promise<void> {
  const { paths, env, platform, signal, onProgress, onOutput } = options;
  onProgress("find_python", "Looking for Python", 0);
  const requirementsHash = await hashRequirements(paths.requirements);
  const installer = await findInstaller(env, signal);
  const python = await findPython({ env, platform, needsVenv: installer === "pip", signal });
  onOutput(`Python ${versionText(python)} at ${python.executable}; installing with ${installer}`);

  if (await endLeftoverBuilder(paths, platform)) onOutput("Ended an unfinished earlier build");
  onProgress("create", `Creating the environment (Python ${versionText(python)})`, SHARES.create);
  await rm(paths.environment, { recursive: true, force: true, maxRetries: 3 });
  await checkDiskSpace(paths.folder, options.spaceNeed);
  const create =
    installer === "uv"
      ? (["uv", ["venv", "--python", python.executable, paths.environment]] as const)
      : ([python.executable, ["-m", "venv", paths.environment]] as const);
  await runStep(options, "creating the virtual environment", create[0], create[1]);

  await install(options, installer, python.hasVenv);
  await writeStamp(paths.stamp, { requirementsHash, builtAt: options.now().toISOString() });
  onProgress("verify", "Checking the packages", SHARES.verify);
}

async function install(
  options: BuildOptions,
  installer: Installer,
  canUsePip: boolean,
): Promise<void> {
  const { paths, env, signal, onOutput } = options;
  const progressOf = createInstallProgress(
    options.platform === "linux" ? EXPECTED_BYTES.cudaTorch : EXPECTED_BYTES.cpuTorch,
  );
  if (installer === "uv") {
    const args = ["pip", "install", "--python", paths.python, "-r", paths.requirements];
    try {
      await runStep(options, "installing the packages", "uv", args, progressOf);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!canUsePip) throw error;
      // uv and pip reach packages in different ways (certificates, proxies, configuration files).
      onOutput("uv did not succeed; trying with pip");
      const ensurePip = ["-m", "ensurepip", "--default-pip"];
      await runStep(options, "preparing pip", paths.python, ensurePip);
    }
  }
  if (!(await canTellProgress(paths.python, env, signal))) await updatePip(options);
  const bar = (await canTellProgress(paths.python, env, signal)) ? "raw" : "off";
  const args = ["-m", "pip", "install", "--progress-bar", bar, "-r", paths.requirements];
  await runStep(options, "installing the packages", paths.python, args, progressOf);
}

/** Only so that half a gigabyte does not come down in silence: without it all goes on as well. */
async function updatePip(options: BuildOptions): Promise<void> {
  const args = ["-m", "pip", "install", "--progress-bar", "off", "--upgrade", "pip"];
  try {
    await runStep(options, "updating pip", options.paths.python, args);
  } catch {
    options.signal.throwIfAborted();
    options.onOutput("pip could not be updated; going on with the one that is there");
  }
}

async function runStep(
  { paths, env, signal, onProgress, onOutput }: BuildOptions,
  step: string,
  file: string,
  args: readonly string[],
  progressOf?: ReturnType<typeof createInstallProgress>,
): Promise<void> {
  const onLine = (line: string): void => {
    const progress = progressOf?.(line) ?? null;
    if (progress !== null) {
      const share = SHARES.install + (SHARES.verify - SHARES.install) * progress.share;
      onProgress("install", progress.message, share);
    }
    if (!line.startsWith("Progress ")) onOutput(line);
  };

  onOutput(`$ ${[file, ...args].join(" ")}`);
  let remembered: Promise<void> = Promise.resolve();
  const end = await runProgram(file, args, {
    env,
    signal,
    cwd: paths.folder,
    onStarted: (pid) => {
      remembered = rememberBuilder(paths, pid);
    },
    onStdoutLine: onLine,
    onStderrLine: onLine,
  });
  await remembered;
  await forgetBuilder(paths);
  signal.throwIfAborted();
  if (end.exitCode === 0) return;
  const said = end.lastLines.filter((line) => !line.startsWith("Progress "));
  const lines = end.startError === null ? said : [`${file}: ${end.startError}`];
  throw installFailure(step, end.exitCode, lines, paths.buildLog);
}
