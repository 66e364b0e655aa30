import type { Dirent } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { isHubRepository, readHubRepository } from "./hub-cache.ts";
import type { ModelFolder } from "./inspect-model.ts";
import { describesModel, readConfig } from "./read-config.ts";

/** Below the folder that was named. */
const DEPTH = 3;
/** Somebody may add a whole disk; the scan still ends. */
const MOST_FOLDERS = 5000;
const NEVER_ENTERED = new Set(["node_modules", "site-packages", "__pycache__", "blobs"]);

/**
 * Finds the folders that look like models in `root`: itself, or up to three levels below. Links are
 * followed, each real folder is seen once, and what lies inside a model is part of that model.
 */
export async function findModelFolders(
  root: string,
  origin: ModelFolder["origin"],
): Promise<ModelFolder[]> {
  const found: ModelFolder[] = [];
  const seen = new Set<string>();

  const visit = async (folder: string, depth: number): Promise<void> => {
    const real = await realpath(folder).catch(() => null);
    if (real === null || seen.has(real) || seen.size >= MOST_FOLDERS) return;
    seen.add(real);
    if (isHubRepository(path.basename(folder))) {
      const model = await readHubRepository(folder);
      if (model !== null) found.push(model);
      return;
    }
    const entries = await readdir(real, { withFileTypes: true }).catch((): Dirent[] => []);
    if (await looksLikeModel(real, entries)) {
      found.push({ name: path.basename(folder), path: real, origin });
      return;
    }
    if (depth === DEPTH) return;
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const isFolder = entry.isDirectory() || entry.isSymbolicLink();
      if (!isFolder || entry.name.startsWith(".") || NEVER_ENTERED.has(entry.name)) continue;
      await visit(path.join(folder, entry.name), depth + 1);
    }
  };

  await visit(root, 0);
  return found;
}

async function looksLikeModel(folder: string, entries: readonly Dirent[]): Promise<boolean> {
  const names = new Set(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  // A pipeline of several models that make pictures; its parts have configurations too.
  if (names.has("model_index.json")) return false;
  if (names.has("adapter_config.json")) return true;
  for (const name of names) {
    if (/^(model|pytorch_model|consolidated).*\.(safetensors|bin|pth?)$/.test(name)) return true;
    if (/^(model|pytorch_model)\.(safetensors|bin)\.index\.json$/.test(name)) return true;
    if (/\.gguf$/i.test(name)) return true;
  }
  if (!names.has("config.json")) return false;
  // Many programs have a config.json; a damaged one beside a tokenizer is still a model's.
  const config = await readConfig(folder).catch(() => null);
  return config === null ? names.has("tokenizer_config.json") : describesModel(config);
}
