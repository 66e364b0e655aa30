import { readdir, readFile, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Store } from "../store/open-store.ts";
import { adapterFolder } from "./download-plan.ts";
import { manifestSchema } from "./file-manifest.ts";
import type { TransferRecord } from "./transfer-record.ts";

/**
 * Removes a downloaded adapter that was moved into its run's folder and, because of a crash, is
 * named by no row: each file by its name, and folders only when empty.
 */
export async function discardMovedAdapter(
  manifest: TransferRecord,
  { store, runsPath }: { store: Store; runsPath: string },
): Promise<void> {
  const row = store.prepare("SELECT 1 FROM model_artifacts WHERE id = ?").get(manifest.rowId);
  if (row !== undefined) return;
  const names = await fileNames(manifest.path);
  // The name is this transfer's alone; whose run it is nobody has written down.
  const name = movedName(adapterFolder(manifest));
  for (const runId of await namesIn(runsPath)) {
    const runPath = join(runsPath, runId);
    if (!(await namesIn(runPath)).includes(name)) continue;
    const folder = join(runPath, name);
    for (const file of names) {
      const path = join(folder, ...file.split("/"));
      await unlink(path).catch(() => undefined);
      if (dirname(path) !== folder) await rmdir(dirname(path)).catch(() => undefined);
    }
    await rmdir(folder).catch(() => undefined);
    await rmdir(runPath).catch(() => undefined);
  }
}

/** What the folder of a download is called in the folder of its run. */
export function movedName(folder: string): string {
  return `adapter-${basename(folder)}`;
}

function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch((): string[] => []);
}

/** None where the list is gone: then the files stay, as nobody can tell whose they are. */
async function fileNames(manifestPath: string): Promise<string[]> {
  try {
    const { files } = manifestSchema.parse(JSON.parse(await readFile(manifestPath, "utf8")));
    return files.map(({ name }) => name);
  } catch {
    return [];
  }
}
