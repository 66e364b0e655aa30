import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { ReadyModel } from "../../shared/contract/models.ts";
import type { Settings } from "../../shared/contract/settings.ts";
import type { TinyProgress } from "./tiny-model.ts";

type ModelMethod =
  | "models.list"
  | "models.scan"
  | "models.addFolder"
  | "models.removeFolder"
  | "models.createTiny";

export interface BaseModelLibrary {
  readonly requests: Handlers<ModelMethod>;
  /**
   * Waits for the first scan, which begins when the library is opened.
   * @throws AppError `not_found`, or `conflict` for a model that is there and not usable.
   */
  find(modelId: string): Promise<ReadyModel>;
  /** Makes the tiny base model unless it is there, or joins who makes it. */
  createTinyAndWait(
    signal?: AbortSignal,
    onProgress?: (progress: TinyProgress) => void,
  ): Promise<ReadyModel>;
  close(): Promise<void>;
}

export interface ModelLibraryOptions {
  homePath: string;
  trainerPath: string;
  settings: {
    get(): Pick<Settings, "modelFolders">;
    setModelFolders(folders: readonly string[]): void;
  };
  pythonFor: (signal?: AbortSignal) => Promise<{ pythonPath: string }>;
  publish: Publish;
  now: () => Date;
  log: (message: string, details?: Record<string, unknown>) => void;
  env?: NodeJS.ProcessEnv;
}
