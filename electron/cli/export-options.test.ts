import { expect, test } from "vitest";
import type { ExportFormat } from "../../shared/contract/exports.ts";
import { type ExportOptions, refuseMeaningless } from "./export-options.ts";

const refusal = (format: ExportFormat, options: Partial<ExportOptions>) => () =>
  refuseMeaningless(format, { format, ...options });

test("what means nothing for a format is named, and nothing else is", () => {
  expect(refusal("vllm", { to: "dir" })).toThrow(/^--to cannot be given with --format vllm/);
  expect(refusal("vllm", { to: "d", outtype: "f16", mergedFirst: true })).toThrow(
    "--to, --outtype, --merged-first cannot",
  );
  expect(refusal("merged", { outtype: "f16" })).toThrow(/^--outtype cannot/);
  expect(refusal("merged", { mergedFirst: true })).toThrow(/^--merged-first cannot/);
  expect(refusal("merged", { to: "dir", name: "mine" })).not.toThrow();
  expect(refusal("vllm", { name: "mine" })).not.toThrow();
  for (const format of ["gguf", "ollama"] as const) {
    expect(refusal(format, { to: "d", outtype: "f16", mergedFirst: true })).not.toThrow();
  }
});
