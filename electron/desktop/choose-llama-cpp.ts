import type { OpenDialogOptions } from "electron";
import type { Dispatch } from "../gateway/dispatch.ts";
import type { FileChoiceParts } from "./choose-file.ts";

const dialogOptions: OpenDialogOptions = {
  title: "Where is llama.cpp?",
  message: "Choose the folder of llama.cpp's source, which holds convert_lora_to_gguf.py",
  buttonLabel: "Use this folder",
  properties: ["openDirectory"],
};

/**
 * Answers the window's `settings.chooseLlamaCpp` by the native dialog. The page names no folder to
 * run scripts from: the person does, so the setting is made with the rights of a local program.
 */
export function withLlamaCppChoice(
  parts: Pick<FileChoiceParts, "dispatch" | "showDialog">,
): Dispatch {
  return async (method, params, caller) => {
    if (method !== "settings.chooseLlamaCpp" || caller !== "desktop") {
      return parts.dispatch(method, params, caller);
    }
    const { canceled, filePaths } = await parts.showDialog(dialogOptions);
    const llamaCppPath = filePaths[0];
    if (canceled || llamaCppPath === undefined) return { ok: true, result: null };
    return parts.dispatch("settings.update", { llamaCppPath }, "local");
  };
}
