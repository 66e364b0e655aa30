import { basename, isAbsolute } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Caller } from "../../shared/contract/contract.ts";
import type { FileSource } from "../../shared/contract/datasets.ts";
import { nameOfFile } from "./dataset-name.ts";
import { storableText } from "./storable-text.ts";

export interface ImportSource {
  readonly path: string;
  readonly fileName: string;
  /** The name that the dataset is to have, if it is free. */
  readonly name: string;
  /** The file was uploaded only to be imported: it is removed afterwards, however that ends. */
  readonly isTemporary: boolean;
  readonly isSample: boolean;
  /** It stays on this machine, from its first moment on. */
  readonly keepLocal?: boolean;
}

export interface FilesAtHand {
  /** Where a file that a client handed over is. Throws AppError `not_found`. */
  readonly resolveFile: (fileId: string) => { path: string; name: string; isTemporary: boolean };
  readonly samplePath: string;
}

/** Finds the file that a client names; only programs of this machine may name one by its path. */
export function importSource(
  source: FileSource,
  caller: Caller,
  options: FilesAtHand,
): ImportSource {
  switch (source.kind) {
    case "file": {
      const { path, name: givenName, isTemporary } = options.resolveFile(source.fileId);
      const fileName = storableText(givenName);
      return { path, fileName, name: nameOfFile(fileName), isTemporary, isSample: false };
    }
    case "path": {
      if (caller !== "local") {
        throw new AppError("forbidden", "Only programs of this machine may name a path.");
      }
      if (!isAbsolute(source.path)) {
        throw new AppError(
          "invalid_input",
          `${source.path} is no absolute path. Give a whole one.`,
        );
      }
      const fileName = storableText(basename(source.path));
      const name = nameOfFile(fileName);
      return { path: source.path, fileName, name, isTemporary: false, isSample: false };
    }
    case "sample": {
      const path = options.samplePath;
      return { path, fileName: basename(path), name: "Sample", isTemporary: false, isSample: true };
    }
  }
}
