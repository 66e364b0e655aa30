import { mkdirSync, realpathSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { BaseModel, ModelLibrary } from "../../shared/contract/models.ts";
import { abortable } from "../python/abortable.ts";
import { hubCachePath } from "./hub-cache.ts";
import { normaliseFolderPath, resolveModelFolder } from "./model-folder-path.ts";
import type { BaseModelLibrary, ModelLibraryOptions } from "./model-library.ts";
import { scanModels } from "./scan-models.ts";
import { createTinyMaker } from "./tiny-maker.ts";
import { TINY_FOLDER } from "./tiny-model.ts";

/** Knows the base models on this machine. The first scan begins at once, in the background. */
export function openModelLibrary(options: ModelLibraryOptions): BaseModelLibrary {
  const { homePath, settings, publish, now, log } = options;
  const env = options.env ?? process.env;
  mkdirSync(path.join(homePath, "models"), { recursive: true });
  const ownFolder = realpathSync(path.join(homePath, "models"));
  const tinyPath = path.join(ownFolder, TINY_FOLDER);
  const hubPath = hubCachePath(env, os.homedir());

  let found: BaseModel[] = [];
  let scannedAt: string | null = null;
  let isClosed = false;
  let scanning: Promise<void> | null = null;
  let waitingScan: Promise<void> | null = null;

  const library = (): ModelLibrary => {
    const tiny = tinyMaker.entry();
    const others = tiny === null ? found : found.filter(({ id }) => id !== tiny.id);
    return {
      models: tiny === null ? others : [tiny, ...others],
      folders: settings.get().modelFolders,
      hubCachePath: hubPath,
      scannedAt,
    };
  };
  const publishLibrary = (): void => {
    if (!isClosed) publish("models.changed", library());
  };

  const scanNow = async (): Promise<void> => {
    const userFolders = settings.get().modelFolders;
    found = await scanModels({ ownFolder, tinyPath, userFolders, hubCachePath: hubPath, log });
    scannedAt = now().toISOString();
    publishLibrary();
  };

  /** What changed before the call is seen: a scan under way may have passed it already. */
  const scan = (): Promise<void> => {
    if (scanning === null) {
      scanning = scanNow()
        .catch((error: unknown) => log("The models could not be scanned", { error: String(error) }))
        .finally(() => {
          scanning = null;
        });
      return scanning;
    }
    waitingScan ??= scanning.then(() => {
      waitingScan = null;
      return scan();
    });
    return waitingScan;
  };

  const tinyMaker = createTinyMaker({
    targetPath: tinyPath,
    trainerPath: options.trainerPath,
    env,
    pythonFor: options.pythonFor,
    readResult: async () => {
      await scan();
      return found.find((model) => model.path === tinyPath) ?? null;
    },
    onChanged: publishLibrary,
  });

  const firstScan = scan();

  /** The tiny model as it is now, if it is there or under way. */
  const presentTiny = async (): Promise<BaseModel | null> => {
    await firstScan;
    return library().models.find((model) => model.path === tinyPath) ?? null;
  };

  return {
    requests: {
      "models.list": async () => {
        await firstScan;
        return library();
      },
      "models.scan": async () => {
        await scan();
        return library();
      },
      "models.addFolder": async (params) => {
        const folder = await resolveModelFolder(params.path);
        const folders = settings.get().modelFolders;
        if (!folders.includes(folder)) settings.setModelFolders([...folders, folder]);
        await scan();
        return library();
      },
      "models.removeFolder": async (params) => {
        // As it was added, or as it is typed now; the folder itself may be long gone.
        const names = new Set([params.path, normaliseFolderPath(params.path)]);
        const folders = settings.get().modelFolders;
        settings.setModelFolders(folders.filter((folder) => !names.has(folder)));
        await scan();
        return library();
      },
      "models.createTiny": async () => {
        const present = await presentTiny();
        if (present !== null && present.status !== "unusable") return present;
        tinyMaker.start().catch((error: unknown) => {
          log("The tiny base model was not made", { error: String(error) });
        });
        const begun = tinyMaker.entry();
        if (begun === null) throw new AppError("internal", "The tiny base model was not begun.");
        return begun;
      },
    },
    async find(modelId) {
      await firstScan;
      const model = library().models.find(({ id }) => id === modelId);
      if (model === undefined) {
        throw new AppError(
          "not_found",
          "This base model is no longer where it was. Look at Models for those that are there, or scan again.",
        );
      }
      if (model.status === "ready") return model;
      throw new AppError(
        "conflict",
        model.status === "building"
          ? `The base model “${model.name}” is still being made. Try again when it is ready.`
          : `The base model “${model.name}” cannot be used. ${model.failure.message}`,
      );
    },
    async createTinyAndWait(signal, onProgress) {
      const present = await abortable(presentTiny(), signal);
      if (present?.status === "ready") return present;
      const unlisten = tinyMaker.listen((progress) => onProgress?.(progress));
      const isJoining = tinyMaker.current() !== null;
      const cancel = (): void => void tinyMaker.cancel();
      if (!isJoining) signal?.addEventListener("abort", cancel, { once: true });
      try {
        return await (isJoining ? abortable(tinyMaker.start(), signal) : tinyMaker.start());
      } finally {
        signal?.removeEventListener("abort", cancel);
        unlisten();
      }
    },
    async close() {
      isClosed = true;
      await tinyMaker.cancel();
      await waitingScan;
      await scanning;
    },
  };
}
