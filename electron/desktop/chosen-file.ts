import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { AppError } from "../../shared/app-error.ts";

/** A file that the person has chosen in a dialog or dropped on the window. */
export interface ChosenFile {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/** Makes sure that the path is that of a plain file that can be read. */
export async function readChosenFile(path: unknown): Promise<ChosenFile> {
  if (typeof path !== "string" || !isAbsolute(path) || path.includes("\0")) {
    throw new AppError(
      "invalid_input",
      "What was dropped is no file on this computer. Save it first, then choose it.",
    );
  }
  const name = basename(path);
  try {
    const found = await stat(path);
    if (!found.isFile()) {
      throw new AppError(
        "invalid_input",
        `${name} is a folder or a device. Choose a single .jsonl, .json or .txt file.`,
      );
    }
    await access(path, constants.R_OK);
    return { path, name, sizeBytes: found.size };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const text = `${name} cannot be read. Check that it still exists and that you may read it.`;
    throw new AppError("invalid_input", text, { cause });
  }
}
