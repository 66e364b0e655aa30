import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { resolveLlamaCpp } from "./llama-cpp-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "llama-cpp-"));
afterAll(() => rmSync(folder, { recursive: true }));
const checkout = join(folder, "llama.cpp");
mkdirSync(checkout);
writeFileSync(join(checkout, "convert_lora_to_gguf.py"), "");

test("a folder without both converters is refused by the name of what is missing", async () => {
  await expect(resolveLlamaCpp(folder)).rejects.toMatchObject({
    kind: "invalid_input",
    message: expect.stringContaining("convert_lora_to_gguf.py is not in it"),
  });
  await expect(resolveLlamaCpp(checkout)).rejects.toThrow("convert_hf_to_gguf.py is not in it");
  await expect(resolveLlamaCpp("llama.cpp")).rejects.toThrow("no full path");
});

test("a checkout is taken, in one spelling", async () => {
  writeFileSync(join(checkout, "convert_hf_to_gguf.py"), "");
  expect(await resolveLlamaCpp(` ${checkout}/ `)).toBe(checkout);
});
