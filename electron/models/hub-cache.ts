import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { ModelFolder } from "./inspect-model.ts";

/*
 * The Hugging Face cache:
 *
 *   models--<organisation>--<name>/
 *     blobs/<hash>, <hash>.incomplete     the files themselves
 *     refs/main                           the commit that “main” meant at the last download
 *     snapshots/<commit>/<file>           links to blobs (copies where links are not allowed)
 */
const REPOSITORY = /^models--(.+)$/;

/** Where huggingface_hub keeps its cache, by the variables that it reads, in its order. */
export function hubCachePath(env: NodeJS.ProcessEnv, userHome: string): string {
  const fromHome = (value: string): string => value.replace(/^~(?=$|[\\/])/, userHome);
  const named = env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"];
  if (named) return path.resolve(fromHome(named));
  if (env["HF_HOME"]) return path.resolve(fromHome(env["HF_HOME"]), "hub");
  const cache = env["XDG_CACHE_HOME"]
    ? fromHome(env["XDG_CACHE_HOME"])
    : path.join(userHome, ".cache");
  return path.resolve(cache, "huggingface", "hub");
}

export function isHubRepository(folderName: string): boolean {
  return REPOSITORY.test(folderName);
}

/** The models of a cache, each in the revision that is used by default. */
export async function listHubModels(cachePath: string): Promise<ModelFolder[]> {
  const entries = await readdir(cachePath).catch((): string[] => []);
  const models: ModelFolder[] = [];
  for (const entry of entries.filter(isHubRepository).toSorted()) {
    const model = await readHubRepository(path.join(cachePath, entry));
    if (model !== null) models.push(model);
  }
  return models;
}

/** @returns null when nothing of the repository has been downloaded. */
export async function readHubRepository(repository: string): Promise<ModelFolder | null> {
  const name = (REPOSITORY.exec(path.basename(repository))?.[1] ?? "").replaceAll("--", "/");
  const base = { name, origin: "hugging_face_cache" as const };
  const snapshots = path.join(repository, "snapshots");
  const commits = await readdir(snapshots).catch((): string[] => []);
  const main = await readFile(path.join(repository, "refs", "main"), "utf8").catch(() => "");
  const commit = commits.includes(main.trim()) ? main.trim() : await newest(snapshots, commits);
  if (commit !== null) {
    const snapshot = await realpath(path.join(snapshots, commit)).catch(() => null);
    if (snapshot === null) return null;
    const problem = await unfinishedDownload(repository, snapshot, name);
    return { ...base, path: snapshot, ...(problem === null ? {} : { problem }) };
  }
  const blobs = await readdir(path.join(repository, "blobs")).catch((): string[] => []);
  if (blobs.length === 0) return null;
  return {
    ...base,
    path: await realpath(repository),
    problem: `Its download was broken off before the first file was whole. ${finishAdvice(name)}`,
  };
}

/** A part file left from long ago means nothing when the weights are there; else it explains. */
async function unfinishedDownload(
  repository: string,
  snapshot: string,
  name: string,
): Promise<string | null> {
  const names = await readdir(snapshot).catch((): string[] => []);
  if (names.some((file) => file.endsWith(".safetensors"))) return null;
  const blobs = await readdir(path.join(repository, "blobs")).catch((): string[] => []);
  if (!blobs.some((file) => file.endsWith(".incomplete"))) return null;
  return `Its download was broken off: the weights are not there yet. ${finishAdvice(name)}`;
}

function finishAdvice(name: string): string {
  return `Finish it with: hf download ${name}`;
}

async function newest(folder: string, names: readonly string[]): Promise<string | null> {
  let best: { name: string; at: number } | null = null;
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    if (found?.isDirectory() && (best === null || found.mtimeMs > best.at)) {
      best = { name, at: found.mtimeMs };
    }
  }
  return best?.name ?? null;
}
