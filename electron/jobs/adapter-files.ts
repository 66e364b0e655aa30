import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { Artifact } from "../../shared/contract/job-records.ts";

/** Files that are there, whatever the event says, and only inside the run folder. */
export async function adapterFiles(
  runPath: string,
  adapterPath: string,
): Promise<Artifact["files"]> {
  const path = resolve(runPath, adapterPath);
  const inside = relative(resolve(runPath), path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`)) return [];
  try {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile());
    const sized = files.map(async ({ parentPath, name }) => {
      const full = join(parentPath, name);
      const { size } = await stat(full);
      return { name: relative(path, full).split(sep).join("/"), bytes: size };
    });
    return (await Promise.all(sized)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
