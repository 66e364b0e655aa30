import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "../../shared/app-error.ts";

/** The converters at the top of a checkout that exports run. */
const CONVERTERS = ["convert_lora_to_gguf.py", "convert_hf_to_gguf.py"];

/**
 * Makes what a person typed or chose the absolute path of a checkout of llama.cpp.
 *
 * @throws AppError `invalid_input` that says what is missing there.
 */
export async function resolveLlamaCpp(typed: string): Promise<string> {
  const folder = path.normalize(typed.trim().replace(/^~(?=$|[\\/])/, os.homedir()));
  if (!path.isAbsolute(folder)) {
    throw new AppError(
      "invalid_input",
      `“${typed}” is no full path. Give the whole path of the folder of llama.cpp.`,
    );
  }
  for (const script of CONVERTERS) {
    const found = await stat(path.join(folder, script)).catch(() => null);
    if (found?.isFile() === true) continue;
    throw new AppError(
      "invalid_input",
      `${folder} is no checkout of llama.cpp: ${script} is not in it. Clone llama.cpp's source (the built programs alone have no converters) and give that folder.`,
    );
  }
  return folder.length > 1 ? folder.replace(/[\\/]+$/, "") : folder;
}
