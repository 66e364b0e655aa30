import { AppError } from "../../shared/app-error.ts";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { abortable } from "./abortable.ts";
import { readBuildLog } from "./build-log.ts";
import { resolveChosenPython } from "./chosen-python.ts";
import { createEnvironmentBuilder } from "./environment-builder.ts";
import { environmentPaths } from "./environment-paths.ts";
import { inspectEnvironment, type PythonInUse } from "./inspect-environment.ts";
import type {
  PythonEnvironment,
  PythonEnvironmentOptions,
  ReadyStatus,
} from "./python-environment.ts";
import { pythonProcessEnv } from "./python-process-env.ts";

/** Overrides the setting: an interpreter that has the packages already. */
const CHOSEN_BY_VARIABLE = "LORA_DESK_PYTHON";

/*
 * Of the Python in use:
 *
 *   unknown ──check──▶ ready | missing | broken ──build──▶ building ──▶ ready | missing | broken
 *
 * One thing happens at a time: a check, or a build. A newer choice of Python ends an older check.
 */
export function openPythonEnvironment(options: PythonEnvironmentOptions): PythonEnvironment {
  const { settings, publish, log } = options;
  const platform = options.platform ?? process.platform;
  const outerEnv = options.env ?? process.env;
  const env = pythonProcessEnv(outerEnv);
  const paths = environmentPaths(options.homePath, options.trainerPath, platform);
  const byVariable = outerEnv[CHOSEN_BY_VARIABLE]?.trim() || null;
  const closing = new AbortController();

  const own: PythonInUse = { source: "own", path: paths.environment, pythonPath: paths.python };
  const inUse = (): PythonInUse => {
    const chosen = byVariable ?? settings.get().pythonPath;
    return chosen === null ? own : { source: "chosen", path: chosen, pythonPath: chosen };
  };

  let status: EnvironmentStatus = unknown(inUse());
  let check: { controller: AbortController; end: Promise<unknown>; isFresh: boolean } | null = null;

  const setStatus = (next: EnvironmentStatus): void => {
    status = next;
    publish("environment.changed", next);
  };

  const inspect = (target: PythonInUse, isFresh: boolean, signal: AbortSignal) =>
    inspectEnvironment({ ...options, inUse: target, paths, env, platform, isFresh, signal });

  const builder = createEnvironmentBuilder({
    paths,
    env,
    platform,
    now: options.now,
    publish,
    gpus: options.gpus,
    verify: (signal) => inspect(own, true, signal),
    onStatus: setStatus,
  });

  /** Starts a check, unless one that is as good is under way. Its end never rejects. */
  const startCheck = (isFresh: boolean, isOther = false): Promise<unknown> => {
    if (check !== null && !isOther && (check.isFresh || !isFresh)) return check.end;
    check?.controller.abort();
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, closing.signal]);
    const target = inUse();
    if (isOther) setStatus(unknown(target));
    const end = inspect(target, isFresh, signal).then(
      (found) => {
        if (!signal.aborted && !builder.isBuilding()) setStatus(found);
      },
      (error: unknown) => {
        if (!signal.aborted && !builder.isBuilding()) setStatus(failedCheck(target, error, log));
      },
    );
    const started = { controller, end, isFresh };
    check = started;
    void end.finally(() => {
      if (check === started) check = null;
    });
    return end;
  };

  /** A check may be replaced by another while one waits for it. */
  const settleCheck = async (signal?: AbortSignal): Promise<void> => {
    for (;;) {
      const pending = check;
      if (pending === null) return;
      await abortable(pending.end, signal);
    }
  };

  const settle = async (signal?: AbortSignal): Promise<void> => {
    for (;;) {
      const pending = builder.current()?.catch(() => undefined) ?? check?.end;
      if (pending === undefined) return;
      await abortable(pending, signal);
    }
  };

  const startBuild = (): Promise<ReadyStatus> => {
    if (closing.signal.aborted) throw new AppError("unavailable", "LoRA Desk is closing.");
    if (byVariable !== null) {
      throw new AppError(
        "conflict",
        `The variable ${CHOSEN_BY_VARIABLE} says to use ${byVariable}. Unset it and start LoRA Desk again to build the app's own environment.`,
      );
    }
    const user = options.inUseBy?.() ?? null;
    if (user !== null) {
      throw new AppError(
        "conflict",
        `The training environment cannot be built anew now: ${user}. Wait for it to end, or stop it.`,
      );
    }
    check?.controller.abort();
    return builder.start().then(
      (built) => {
        if (settings.get().pythonPath !== null) settings.setPythonPath(null);
        return built;
      },
      async (error: unknown) => {
        // After a failed build of its own, a chosen Python is still the one in use.
        if (inUse().source === "chosen" && !closing.signal.aborted) await startCheck(false, true);
        throw error;
      },
    );
  };

  void startCheck(false);

  return {
    requests: {
      "environment.status": () => status,
      "environment.check": async () => {
        if (!builder.isBuilding()) await startCheck(true);
        return status;
      },
      "environment.build": async ({ isFresh }) => {
        if (!builder.isBuilding()) {
          await settleCheck();
          if (isFresh || status.state !== "ready" || status.source !== "own") {
            startBuild().catch((error: unknown) => {
              log("The training environment was not built", { error: String(error) });
            });
          }
        }
        return status;
      },
      "environment.cancelBuild": async () => {
        await builder.cancel();
        return null;
      },
      "environment.use": async ({ pythonPath }) => {
        if (builder.isBuilding()) {
          throw new AppError("conflict", "The environment is being built. Cancel the build first.");
        }
        if (byVariable !== null) {
          throw new AppError(
            "conflict",
            `The variable ${CHOSEN_BY_VARIABLE} decides which Python is used. Unset it and start LoRA Desk again.`,
          );
        }
        settings.setPythonPath(
          pythonPath === null ? null : await resolveChosenPython(pythonPath, env, platform),
        );
        await startCheck(pythonPath !== null, true);
        return status;
      },
      "environment.log": async () => ({ text: await readBuildLog(paths.buildLog) }),
    },
    async ready(signal) {
      await settle(signal);
      if (status.state === "ready") {
        return { pythonPath: status.report.pythonPath, report: status.report };
      }
      throw notReady(status);
    },
    async buildAndWait(signal, onProgress) {
      if (signal?.aborted) throw new AppError("cancelled", "It was cancelled.");
      await settleCheck(signal);
      const isJoining = builder.isBuilding();
      if (!isJoining && status.state === "ready") return status;
      const unlisten = builder.listen((building) => onProgress?.(building));
      const cancel = (): void => void builder.cancel();
      try {
        const build = builder.current() ?? startBuild();
        if (!isJoining) signal?.addEventListener("abort", cancel, { once: true });
        return await (isJoining ? abortable(build, signal) : build);
      } finally {
        signal?.removeEventListener("abort", cancel);
        unlisten();
      }
    },
    async close() {
      closing.abort();
      await builder.cancel();
      await check?.end;
    },
  };
}

function unknown({ source, path }: PythonInUse): EnvironmentStatus {
  return { source, path, state: "unknown" };
}

function notReady(status: Exclude<EnvironmentStatus, { state: "ready" }>): AppError {
  if (status.state === "broken") return AppError.fromFailure(status.failure);
  const message =
    status.state === "missing" ? status.message : "The training environment is not ready yet.";
  return new AppError("environment", message);
}

function failedCheck(
  { source, path }: PythonInUse,
  error: unknown,
  log: PythonEnvironmentOptions["log"],
): EnvironmentStatus {
  if (error instanceof AppError) {
    return { source, path, state: "broken", failure: error.toFailure() };
  }
  log("The training environment could not be checked", { error: String(error) });
  const message = `The training environment at ${path} could not be checked (${String(error)}). Check again; if it stays so, build it again.`;
  return { source, path, state: "broken", failure: { kind: "environment", message } };
}
