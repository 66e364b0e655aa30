import { readFile, stat } from "node:fs/promises";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { EnvironmentPaths } from "./environment-paths.ts";
import {
  checkKey,
  hashRequirements,
  readChecked,
  readStamp,
  writeChecked,
} from "./environment-stamp.ts";
import { compareWithDriver, compareWithRequirements } from "./environment-warnings.ts";
import { verifyPython } from "./verify-python.ts";

/** The Python that is in use, before it is known what it can do. */
export interface PythonInUse {
  source: "own" | "chosen";
  /** Of the status: the folder of the own environment, or the chosen interpreter. */
  path: string;
  pythonPath: string;
}

export interface InspectOptions {
  inUse: PythonInUse;
  paths: EnvironmentPaths;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  gpus: () => Promise<GpuReport>;
  now: () => Date;
  /** False: what an earlier check found is good enough while nothing it depends on has changed. */
  isFresh: boolean;
  signal: AbortSignal;
}

/** Finds out what state the Python in use is in. Importing its packages takes seconds. */
export async function inspectEnvironment(options: InspectOptions): Promise<EnvironmentStatus> {
  const { inUse, paths, env, platform, now, isFresh, signal } = options;
  const common = { source: inUse.source, path: inUse.path };
  const requirementsHash = await hashRequirements(paths.requirements);
  if (inUse.source === "own") {
    const problem = await findProblem(options, requirementsHash);
    if (problem !== null) return problem;
  }

  const gpuReport = await options.gpus();
  signal.throwIfAborted();
  const key = await checkKey(inUse.pythonPath, requirementsHash, gpuReport);
  let report = isFresh ? null : await readChecked(paths.checked, key);
  if (report === null) {
    const { pythonPath, source } = inUse;
    const found = await verifyPython({ pythonPath, source, paths, env, now, signal });
    if (!found.isUsable) return { ...common, state: "broken", failure: found.failure };
    report = found.report;
    const keyAfter = await checkKey(pythonPath, requirementsHash, gpuReport);
    await writeChecked(paths.checked, keyAfter, report);
  }
  const requirements = await readFile(paths.requirements, "utf8");
  const warnings = [
    ...compareWithDriver(report, gpuReport, platform),
    ...compareWithRequirements(report, requirements, paths.requirements),
  ];
  return { ...common, state: "ready", report, warnings };
}

/** What keeps the own environment from being whole and up to date, if anything. */
async function findProblem(
  { inUse, paths }: InspectOptions,
  requirementsHash: string,
): Promise<EnvironmentStatus | null> {
  const common = { source: inUse.source, path: inUse.path };
  const stamp = await readStamp(paths.stamp);
  if (stamp === null) {
    const isThere = (await stat(paths.environment).catch(() => null)) !== null;
    return {
      ...common,
      state: "missing",
      message: isThere
        ? "The training environment is unfinished: its last build was broken off. Build it again."
        : "The training environment has not been built yet. Building it downloads torch and a few other packages, once.",
    };
  }
  if (stamp.requirementsHash !== requirementsHash) {
    return {
      ...common,
      state: "broken",
      failure: {
        kind: "environment",
        message:
          "The training environment needs an update: it was built for another version of LoRA Desk. Build it again; this needs a network.",
        details: { reason: "needs_update" },
      },
    };
  }
  return null;
}
