import { rm } from "node:fs/promises";
import { AppError } from "../../shared/app-error.ts";
import type { Publish } from "../../shared/contract/contract.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { buildEnvironment, type BuildStepProgress } from "./build-environment.ts";
import { openBuildLog } from "./build-log.ts";
import { spaceNeed } from "./disk-space.ts";
import type { EnvironmentPaths } from "./environment-paths.ts";
import type { BuildingStatus, ReadyStatus } from "./python-environment.ts";

export interface EnvironmentBuilder {
  /** Starts a build, or joins the one under way. Rejects with an AppError. */
  start(): Promise<ReadyStatus>;
  current(): Promise<ReadyStatus> | null;
  isBuilding(): boolean;
  /** Ends the build, if there is one, and waits until its processes are gone. */
  cancel(): Promise<void>;
  listen(listener: (status: BuildingStatus) => void): () => void;
}

export interface EnvironmentBuilderOptions {
  paths: EnvironmentPaths;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  now: () => Date;
  publish: Publish;
  gpus: () => Promise<GpuReport>;
  /** Imports the packages of what was built. */
  verify: (signal: AbortSignal) => Promise<EnvironmentStatus>;
  onStatus: (status: EnvironmentStatus) => void;
}

/** A new status at most this often, unless the words change. */
const QUIET_MS = 250;

/** Sees to it that there is one build at a time and that its state is told while it goes on. */
export function createEnvironmentBuilder(options: EnvironmentBuilderOptions): EnvironmentBuilder {
  const { paths, now, onStatus } = options;
  const common = { source: "own", path: paths.environment } as const;
  const listeners = new Set<(status: BuildingStatus) => void>();
  let build: { controller: AbortController; end: Promise<ReadyStatus> } | null = null;

  const createTeller = (): BuildStepProgress => {
    const startedAt = now().toISOString();
    let last: BuildingStatus | null = null;
    let toldAt = 0;
    return (step, message, share) => {
      const at = now().getTime();
      const isSame = last?.step === step && last.message === message;
      if (isSame && at - toldAt < QUIET_MS) return;
      toldAt = at;
      const highest = Math.max(share, last?.share ?? 0);
      last = { ...common, state: "building", step, message, share: highest, startedAt };
      onStatus(last);
      for (const listener of listeners) listener(last);
    };
  };

  const run = async (signal: AbortSignal): Promise<ReadyStatus> => {
    const onProgress = createTeller();
    onProgress("find_python", "Looking for Python", 0);
    const log = openBuildLog(paths.buildLog, options.publish);
    try {
      const { gpus } = await options.gpus();
      await buildEnvironment({
        ...options,
        spaceNeed: spaceNeed({ ...options, arch: process.arch, hasGpu: gpus.length > 0 }),
        signal,
        onProgress,
        onOutput: log.write,
      });
      const found = await options.verify(signal);
      signal.throwIfAborted();
      onStatus(found);
      if (found.state === "ready") return found;
      throw found.state === "broken"
        ? AppError.fromFailure(found.failure)
        : new AppError("environment", "The environment was built, but it is not whole.");
    } catch (error) {
      throw await ended(error, signal, log.write);
    } finally {
      log.close();
    }
  };

  /** Leaves a state behind that says what to do next. */
  const ended = async (
    error: unknown,
    signal: AbortSignal,
    write: (line: string) => void,
  ): Promise<AppError> => {
    if (signal.aborted) {
      write("Cancelled");
      await rm(paths.environment, { recursive: true, force: true, maxRetries: 3 });
      const message = "The build was cancelled. Build again when you like; downloads are kept.";
      onStatus({ ...common, state: "missing", message });
      return new AppError("cancelled", "The build of the training environment was cancelled.");
    }
    const failure =
      error instanceof AppError
        ? error
        : new AppError(
            "environment",
            `Building the training environment failed: ${error instanceof Error ? error.message : String(error)}. Check that ${paths.folder} can be written to, and build again.`,
            { cause: error },
          );
    write(failure.message);
    onStatus({ ...common, state: "broken", failure: failure.toFailure() });
    return failure;
  };

  return {
    start() {
      if (build !== null) return build.end;
      const controller = new AbortController();
      const started = { controller, end: run(controller.signal) };
      build = started;
      const forget = (): void => {
        if (build === started) build = null;
      };
      started.end.then(forget, forget);
      return started.end;
    },
    current: () => build?.end ?? null,
    isBuilding: () => build !== null,
    async cancel() {
      build?.controller.abort();
      await build?.end.catch(() => undefined);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
