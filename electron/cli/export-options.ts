import { AppError } from "../../shared/app-error.ts";
import type { ExportFormat } from "../../shared/contract/exports.ts";

export interface ExportOptions {
  format: string;
  to?: string;
  outtype?: string;
  mergedFirst?: boolean;
  name?: string;
  json?: boolean;
}

/** @throws AppError `invalid_input` that names what means nothing for this format. */
export function refuseMeaningless(format: ExportFormat, options: ExportOptions): void {
  const hasTensors = format === "gguf" || format === "ollama";
  const meaningless = [
    options.to !== undefined && format === "vllm" ? "--to" : null,
    options.outtype !== undefined && !hasTensors ? "--outtype" : null,
    options.mergedFirst === true && !hasTensors ? "--merged-first" : null,
  ].filter((name) => name !== null);
  if (meaningless.length === 0) return;
  const why =
    format === "vllm"
      ? "nothing is written for vLLM, which reads the adapter where it is"
      : "that is for GGUF files, so for the formats gguf and ollama";
  throw new AppError(
    "invalid_input",
    `${meaningless.join(", ")} cannot be given with --format ${format}: ${why}. Leave it out.`,
  );
}
