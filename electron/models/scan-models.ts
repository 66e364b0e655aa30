import type { BaseModel } from "../../shared/contract/models.ts";
import { findModelFolders } from "./find-model-folders.ts";
import { listHubModels } from "./hub-cache.ts";
import { inspectModel, modelIdOf, type ModelFolder } from "./inspect-model.ts";

export interface ScanOptions {
  ownFolder: string;
  /** Real path of the tiny model's folder, which is told apart by its place. */
  tinyPath: string;
  userFolders: readonly string[];
  hubCachePath: string;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/** Finds and reads every model. A folder that cannot be read is no reason to miss the others. */
export async function scanModels(options: ScanOptions): Promise<BaseModel[]> {
  const folders: ModelFolder[] = [];
  const add = async (place: string, find: Promise<ModelFolder[]>): Promise<void> => {
    try {
      folders.push(...(await find));
    } catch (error) {
      options.log("A folder could not be scanned for models", { place, error: String(error) });
    }
  };
  await add(options.ownFolder, findModelFolders(options.ownFolder, "folder"));
  for (const folder of options.userFolders) await add(folder, findModelFolders(folder, "folder"));
  await add(options.hubCachePath, listHubModels(options.hubCachePath));

  const models = new Map<string, BaseModel>();
  for (const folder of folders) {
    if (models.has(modelIdOf(folder.path))) continue;
    const isTiny = folder.path === options.tinyPath;
    const model = await inspectModel(isTiny ? { ...folder, origin: "tiny" } : folder);
    models.set(model.id, model);
  }
  return [...models.values()];
}
