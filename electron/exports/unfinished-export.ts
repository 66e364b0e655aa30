import { rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Export } from "../../shared/contract/exports.ts";

/**
 * Removes what an exporter that was killed had written: as large as the model. Only for one that
 * is gone; those that end by themselves tidy up.
 */
export async function removeUnfinished({
  format,
  targetPath,
}: Pick<Export, "format" | "targetPath">): Promise<void> {
  const name = basename(targetPath);
  // For vLLM nothing is written, and the target is the adapter itself.
  if (format === "vllm" || !isAbsolute(targetPath) || name === "") return;
  await rm(join(dirname(targetPath), `.${name}.part`), { recursive: true, force: true });
}
