import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";

/** `~/models/` → `/home/me/models`: one spelling for one folder. Does not follow links. */
export function normaliseFolderPath(typed: string, userHome = os.homedir()): string {
  const expanded = typed.trim().replace(/^~(?=$|[\\/])/, userHome);
  const normal = path.normalize(expanded);
  return normal.length > 1 && !/^[A-Za-z]:\\$/.test(normal)
    ? normal.replace(/[\\/]+$/, "")
    : normal;
}

/** @throws AppError `invalid_input` when it is no full path or no folder. */
export async function resolveModelFolder(typed: string): Promise<string> {
  const folder = normaliseFolderPath(typed);
  if (!path.isAbsolute(folder)) {
    throw new AppError(
      "invalid_input",
      `“${typed}” is no full path. Give the whole path of a folder, beginning at the root or with ~.`,
    );
  }
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    throw new AppError(
      "invalid_input",
      found.code === "ENOENT"
        ? `There is no folder at ${folder}. Check the path, and that its disk is connected.`
        : `The folder ${folder} cannot be read (${found.code ?? found.message}). Check its permissions.`,
    );
  }
  if (!found.isDirectory()) {
    throw new AppError(
      "invalid_input",
      `${folder} is a file. Choose the folder that holds the model's files.`,
    );
  }
  return folder;
}
