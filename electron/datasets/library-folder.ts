import { mkdirSync, readdirSync, renameSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { flushFolder } from "../home/flush-folder.ts";
import type { FileType } from "./file-type.ts";

export interface StoredFile {
  readonly sha256: string;
  readonly fileType: FileType;
}

export interface FilePaths {
  readonly dataPath: string;
  readonly indexPath: string;
}

const PARTIAL_PREFIX = ".importing-";
const SHA256 = /^[0-9a-f]{64}$/;

/*
 * <home>/datasets/
 *   <sha256>/            data.<type> and rows.<type>.idx; datasets of the same bytes share them
 *   .importing-<id>/     what an import has written so far
 *
 * Folders are emptied file by file and never recursively: nothing that is not ours can be lost.
 */
export class LibraryFolder {
  readonly #path: string;
  readonly #isNamedByOthers: (sha256: string) => boolean;

  /** @param isNamedByOthers - Whether another account of this machine has a dataset of these bytes. */
  constructor(homePath: string, isNamedByOthers: (sha256: string) => boolean = () => false) {
    this.#path = join(homePath, "datasets");
    this.#isNamedByOthers = isNamedByOthers;
    mkdirSync(this.#path, { recursive: true, mode: 0o700 });
  }

  pathsOf({ sha256, fileType }: StoredFile): FilePaths {
    const folder = this.#folderOf(sha256);
    return {
      dataPath: join(folder, `data.${fileType}`),
      indexPath: join(folder, `rows.${fileType}.idx`),
    };
  }

  /** Makes the folder that an import writes to. */
  begin(importId: string): FilePaths {
    const folder = this.#partialFolder(importId);
    mkdirSync(folder, { mode: 0o700 });
    return { dataPath: join(folder, "data"), indexPath: join(folder, "rows") };
  }

  /** Moves what an import has written to its place, durably. A damaged copy there is replaced. */
  place(importId: string, file: StoredFile): void {
    const partial = this.#partialFolder(importId);
    const { dataPath, indexPath } = this.pathsOf(file);
    mkdirSync(this.#folderOf(file.sha256), { recursive: true, mode: 0o700 });
    replace(join(partial, "data"), dataPath);
    replace(join(partial, "rows"), indexPath);
    flushFolder(this.#folderOf(file.sha256));
    flushFolder(this.#path);
    emptyAndRemove(partial);
  }

  /** Removes what an import has written, if anything is left of it. */
  discard(importId: string): void {
    emptyAndRemove(this.#partialFolder(importId));
  }

  /** Removes what imports of an earlier process have left. */
  discardAll(): void {
    for (const name of readdirSync(this.#path)) {
      if (name.startsWith(PARTIAL_PREFIX)) emptyAndRemove(join(this.#path, name));
    }
  }

  /** Removes the files of these bytes, of whatever type they were read as, unless others need them. */
  purge(sha256: string): void {
    if (this.#isNamedByOthers(sha256)) return;
    emptyAndRemove(this.#folderOf(sha256));
  }

  #partialFolder(importId: string): string {
    return join(this.#path, `${PARTIAL_PREFIX}${importId}`);
  }

  #folderOf(sha256: string): string {
    if (!SHA256.test(sha256)) throw new Error(`Not a sha256: ${sha256}`);
    return join(this.#path, sha256);
  }
}

/** Windows refuses to replace a file that someone reads; one as large is the same bytes then. */
function replace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const stored = statSync(to, { throwIfNoEntry: false });
    if (stored === undefined || stored.size !== statSync(from).size) throw error;
  }
}

function emptyAndRemove(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return;
  for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
  rmdirSync(folder);
}
