import { readdir, readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { checkpointManifestSchema } from "../../shared/contract/run-folder.ts";

/** Null where the file system cannot say. */
export async function freeBytesOf(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The size of a run's greatest whole checkpoint; 0 when there is none. */
export async function checkpointBytesOf(runPath: string): Promise<number> {
  const folder = join(runPath, "checkpoints");
  const names = await readdir(folder).catch(() => []);
  const sizes = names
    .filter((name) => name.startsWith("step-"))
    .map((name) => bytesOf(join(folder, name, "manifest.json")));
  return Math.max(0, ...(await Promise.all(sizes)));
}

async function bytesOf(manifestPath: string): Promise<number> {
  try {
    const manifest = checkpointManifestSchema.parse(
      JSON.parse(await readFile(manifestPath, "utf8")),
    );
    return Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  } catch {
    // It is being written or taken away.
    return 0;
  }
}
