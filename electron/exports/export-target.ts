import { existsSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { ExportFormat } from "../../shared/contract/exports.ts";

/**
 * Where an export goes: a folder of its own below `folder`, numbered where that name is taken, or
 * the one that was asked for.
 *
 * @param isPromised whether an export that has not ended is going to write there.
 */
export function exportTarget(
  folder: string,
  wish: { name: string; format: ExportFormat; targetPath: string | undefined },
  isPromised: (path: string) => boolean,
): string {
  if (wish.targetPath !== undefined) return chosenTarget(wish.targetPath, isPromised);
  for (let number = 1; ; number++) {
    const ending = number === 1 ? "" : `-${number}`;
    const path = join(folder, `${wish.name}-${wish.format}${ending}`);
    if (!existsSync(path) && !isPromised(path)) return path;
  }
}

/** Whether what lies there may be replaced (an earlier export) is for the exporter to find out. */
function chosenTarget(wanted: string, isPromised: (path: string) => boolean): string {
  if (!isAbsolute(wanted)) {
    throw new AppError("invalid_input", `${wanted} is no absolute path. Give a whole one.`);
  }
  const path = resolve(wanted);
  if (basename(path) === "") {
    throw new AppError(
      "invalid_input",
      `${path} is no folder to export to. Name one inside of it.`,
    );
  }
  if (isPromised(path)) {
    throw new AppError(
      "conflict",
      `Another export that has not ended writes to ${path}. Name another folder, or wait for it.`,
    );
  }
  return path;
}
