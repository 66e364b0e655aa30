import { mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers, ParsedParams, Publish } from "../../shared/contract/contract.ts";
import type { Export } from "../../shared/contract/exports.ts";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Store } from "../store/open-store.ts";
import { exportName } from "./export-name.ts";
import { ExportQueue } from "./export-queue.ts";
import { ExportStore } from "./export-store.ts";
import { exportTarget } from "./export-target.ts";
import { runExport, type RunExportOptions } from "./run-export.ts";

export interface OpenExportsOptions extends RunExportOptions {
  store: Store;
  /** Exports go to `<homePath>/exports/<name>-<format>` unless a folder is named. */
  homePath: string;
  publish: Publish;
  now: () => Date;
  createId: () => string;
  log: (message: string, details?: Record<string, unknown>) => void;
  settings: { get(): { llamaCppPath: string | null } };
  /** Throws AppError `not_found`. */
  findAdapter: (artifactId: string) => Promise<{
    artifact: Pick<Artifact, "id" | "name" | "path">;
    base: { name: string; path: string };
  }>;
}

export interface Exports {
  readonly requests: Handlers<"artifacts.export" | "exports.list" | "exports.cancel">;
  /** Whether the training environment is needed at the moment. */
  isRunning(): boolean;
  /** Ends the one that runs; it and those that wait have then failed as interrupted. */
  close(): Promise<void>;
}

type ExportWish = ParsedParams<"artifacts.export">;

/** Turns adapters into what other programs run. */
export function openExports(options: OpenExportsOptions): Exports {
  const { settings, findAdapter } = options;
  const folder = join(options.homePath, "exports");
  const store = new ExportStore(options.store);
  const queue = new ExportQueue({
    ...options,
    store,
    exporter: async (record, signal, onProgress) => {
      const { artifact, base } = await findAdapter(record.artifactId);
      await checkPlaces(artifact, base);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const llamaCppPath = llamaCppFor(record.format, settings.get().llamaCppPath);
      const places = { adapterPath: artifact.path, basePath: base.path, llamaCppPath };
      return runExport(options, record, places, signal, onProgress);
    },
  });

  const add = async (wish: ExportWish): Promise<Export> => {
    const { artifact, base } = await findAdapter(wish.id);
    await checkPlaces(artifact, base);
    llamaCppFor(wish.format, settings.get().llamaCppPath);
    const name = exportName(wish.name ?? artifact.name);
    const { format, targetPath } = wish;
    const hasTensors = format === "gguf" || format === "ollama";
    const unfinished = store.listUnfinished();
    const record: Export = {
      id: options.createId(),
      artifactId: artifact.id,
      artifactName: artifact.name,
      format,
      outtype: hasTensors ? (wish.outtype ?? null) : null,
      isMergedFirst: hasTensors && (wish.isMergedFirst ?? false),
      name,
      targetPath:
        format === "vllm"
          ? artifact.path
          : exportTarget(folder, { name, format, targetPath }, (path) =>
              unfinished.some((other) => other.targetPath === path),
            ),
      createdAt: options.now().toISOString(),
      state: "queued",
    };
    queue.add(record);
    return present(record.id);
  };

  const present = (id: string): Export => {
    const record = store.find(id);
    if (record !== null) return queue.present(record);
    throw new AppError("not_found", `There is no export ${id}.`);
  };

  return {
    requests: {
      "artifacts.export": add,
      "exports.list": ({ artifactId }) =>
        store.list(artifactId).map((record) => queue.present(record)),
      "exports.cancel": async ({ id }) => {
        present(id);
        await queue.cancel(id);
        return present(id);
      },
    },
    isRunning: () => queue.isRunning(),
    close: () => queue.close(),
  };
}

async function checkPlaces(
  artifact: { name: string; path: string },
  base: { name: string; path: string },
): Promise<void> {
  if (!(await isFile(join(artifact.path, "adapter_config.json")))) {
    throw new AppError(
      "unavailable",
      `The files of the adapter “${artifact.name}” are not at ${artifact.path} any more. Put them back, or train it again.`,
    );
  }
  // Of models that are called alike the weights may differ, and the export would be wrong unseen.
  if (base.path === "") {
    throw new AppError(
      "unavailable",
      `“${artifact.name}” was trained on another machine, on its “${base.name}”, and which folder of this one holds the same nobody can tell. Export it there, or load the adapter onto its base model in Python.`,
    );
  }
  if (!(await isFile(join(base.path, "config.json")))) {
    throw new AppError(
      "unavailable",
      `The base model “${base.name}” of this adapter is not at ${base.path} any more. Put its folder back (or attach its disk), then export again.`,
    );
  }
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true;
}

/** @throws AppError with `details.isLlamaCppMissing` where it is needed and not known. */
function llamaCppFor(format: Export["format"], path: string | null): string | null {
  if (format !== "gguf" && format !== "ollama") return null;
  if (path !== null) return path;
  throw new AppError(
    "unavailable",
    "GGUF files are written by the converters of llama.cpp, and LoRA Desk does not know where they are. Say in Settings where its source folder is (or: lora-desk env llama-cpp DIR), then export again.",
    { details: { isLlamaCppMissing: true } },
  );
}
