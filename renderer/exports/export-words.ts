import type { Export } from "../../shared/contract/exports.ts";
import { formatBytes } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";
import { EXPORT_KINDS } from "./export-choice.ts";

/** "GGUF, f16, merged", "vLLM". */
export function exportTitle({ format, outtype, isMergedFirst }: Export): string {
  const label = EXPORT_KINDS.find(({ value }) => value === format)?.label ?? format;
  const parts = [label, outtype, isMergedFirst && format !== "merged" ? "merged" : null];
  return parts.filter((part) => part !== null).join(", ");
}

/** "3 files, 2.47 GB". */
export function filesWords(files: readonly { readonly bytes: number }[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${formatCountOf(files.length, "file")}, ${formatBytes(bytes)}`;
}
