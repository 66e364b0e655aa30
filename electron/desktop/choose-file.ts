import type { OpenDialogOptions, OpenDialogReturnValue } from "electron";
import { AppError } from "../../shared/app-error.ts";
import type { Dispatch, Outcome } from "../gateway/dispatch.ts";
import { readChosenFile, type ChosenFile } from "./chosen-file.ts";

export interface FileChoiceParts {
  readonly dispatch: Dispatch;
  showDialog(options: OpenDialogOptions): Promise<OpenDialogReturnValue>;
  registerFile(file: ChosenFile): Promise<string>;
}

const dialogOptions: OpenDialogOptions = {
  title: "Import a dataset",
  buttonLabel: "Import",
  properties: ["openFile"],
  filters: [
    {
      name: "Datasets (.jsonl, .ndjson, .json, .txt)",
      extensions: ["jsonl", "ndjson", "json", "txt"],
    },
    { name: "All files", extensions: ["*"] },
  ],
};

/** Answers the window's `files.choose` by the native dialog; all else goes to the core. */
export function withFileChoice(parts: FileChoiceParts): Dispatch {
  return async (method, params, caller) => {
    if (method !== "files.choose" || caller !== "desktop") {
      return parts.dispatch(method, params, caller);
    }
    return registering(async () => {
      const { canceled, filePaths } = await parts.showDialog(dialogOptions);
      const path = filePaths[0];
      return canceled || path === undefined ? null : register(path, parts);
    });
  };
}

/** Registers a file by its path, for the page to import by its id. */
export async function register(
  path: unknown,
  parts: Pick<FileChoiceParts, "registerFile">,
): Promise<{ fileId: string; name: string; sizeBytes: number }> {
  const file = await readChosenFile(path);
  const fileId = await parts.registerFile(file);
  return { fileId, name: file.name, sizeBytes: file.sizeBytes };
}

/** Turns what `act` returns or throws into an outcome. */
export async function registering(act: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, result: await act() };
  } catch (cause) {
    const error =
      cause instanceof AppError
        ? cause
        : new AppError("internal", "The file could not be taken. Try again.", { cause });
    return { ok: false, error: error.toFailure() };
  }
}
