import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import envPaths from "env-paths";
import { AppError } from "../../shared/app-error.ts";

/** The data folder: `LORA_DESK_HOME`, else where the platform keeps application data. */
export function homePath(env: NodeJS.ProcessEnv): string {
  const chosen = env["LORA_DESK_HOME"];
  if (chosen !== undefined && chosen.trim() !== "") return resolve(chosen);
  return envPaths("lora-desk", { suffix: "" }).data;
}

/**
 * Makes the data folder, readable by its owner alone: datasets and keys lie in it. A folder that is
 * there keeps its rights: it may be somebody's choice, or hold other things too.
 */
export function createHome(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK);
  } catch (error) {
    throw new AppError(
      "unavailable",
      `The data folder ${path} cannot be made or is not yours: ${error instanceof Error ? error.message : String(error)}. Set LORA_DESK_HOME to a folder that you can write to.`,
      { cause: error },
    );
  }
}
