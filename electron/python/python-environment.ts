import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { EnvironmentReport, EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { Settings } from "../../shared/contract/settings.ts";

export type ReadyStatus = Extract<EnvironmentStatus, { state: "ready" }>;
export type BuildingStatus = Extract<EnvironmentStatus, { state: "building" }>;

export interface PythonEnvironment {
  readonly requests: Handlers<EnvironmentMethod>;
  /**
   * The Python to train with; waits for a check or a build that is under way.
   * @throws AppError `environment` with the remedy when it is missing or broken.
   */
  ready(signal?: AbortSignal): Promise<{ pythonPath: string; report: EnvironmentReport }>;
  /**
   * Builds the own environment, or joins the build under way, and waits for its end. Aborting ends
   * the build only for who started it; who joined just stops waiting.
   */
  buildAndWait(
    signal?: AbortSignal,
    onProgress?: (status: BuildingStatus) => void,
  ): Promise<ReadyStatus>;
  close(): Promise<void>;
}

type EnvironmentMethod =
  | "environment.status"
  | "environment.check"
  | "environment.build"
  | "environment.cancelBuild"
  | "environment.use"
  | "environment.log";

export interface PythonEnvironmentOptions {
  homePath: string;
  trainerPath: string;
  settings: { get(): Pick<Settings, "pythonPath">; setPythonPath(path: string | null): void };
  gpus: () => Promise<GpuReport>;
  publish: Publish;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  /** Why the own environment must not be removed just now (a run trains with it), or null. */
  inUseBy?: () => string | null;
}
