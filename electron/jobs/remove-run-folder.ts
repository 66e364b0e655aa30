import { readdir, rm } from "node:fs/promises";
import { join, normalize, sep } from "node:path";

/** What the files of other accounts on this machine name in the folder of a run. */
export interface RunOfOthers {
  /** The run is theirs, or nobody can tell what they name. */
  isWhole: boolean;
  /** Of adapters that they have downloaded, relative to the folder. */
  adapterPaths: readonly string[];
}

/**
 * Removes the folder of a run. The folder of runs is shared by all accounts: what another one's file
 * names stays, and whoever goes last removes the rest. Where the run is another's, only
 * `adapterPath` goes, this account's own copy.
 */
export async function removeRunFolder(
  path: string,
  adapterPath: string | null,
  others: RunOfOthers,
): Promise<void> {
  const theirs = others.adapterPaths.map(topOf);
  const isWhole = others.isWhole || theirs.includes(null);
  if (!isWhole && theirs.length === 0) return remove(path);
  const own = adapterPath === null ? null : topOf(adapterPath);
  for (const name of await namesIn(path)) {
    const goes = isWhole ? name === own : true;
    if (goes && !theirs.includes(name)) await remove(join(path, name));
  }
}

/** The entry of the run's folder that a path begins with; null where it is not inside. */
function topOf(path: string): string | null {
  const [top = "."] = normalize(path).split(sep);
  return top === "." || top === ".." || top === "" ? null : top;
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}
