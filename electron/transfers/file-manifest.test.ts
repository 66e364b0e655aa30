import * as fc from "fast-check";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { isSafeName, manifestSchema, manifestText, objectNameOf } from "./file-manifest.ts";

const file = (name: string) => ({ name, bytes: 1, sha256: "a".repeat(64) });
const isTaken = (...names: string[]) =>
  manifestSchema.safeParse({ version: 1, files: names.map((name) => file(name)) }).success;

test.each(["adapter_model.safetensors", "tokenizer/vocab.json", "README.md", "ä b.txt", ".x"])(
  "%s is a file of an adapter",
  (name) => {
    expect(isTaken(name)).toBe(true);
  },
);

test.each([
  "../evil.json",
  "/etc/passwd",
  "a/../../b",
  "a\\b",
  "C:\\x",
  "a//b",
  "",
  ".",
  "a/.",
  "nul",
  "con.json",
  "a.",
  "a ",
  "a\0b",
  "weights.bin",
  "x.PKL",
  "old.ckpt",
  "m.pt",
])("%j is refused", (name) => {
  expect(isTaken(name)).toBe(false);
});

test("no name twice, not even in other letters", () => {
  expect(isTaken("a.json", "A.json")).toBe(false);
  expect(isTaken("a.json", "b.json")).toBe(true);
});

test("a name that is taken stays inside the folder, whatever it is", () => {
  const folder = resolve("/adapters/one");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[./\\a-c]{1,12}$/)), (name) => {
      fc.pre(isSafeName(name));
      const inside = relative(folder, join(folder, ...name.split("/")));
      expect(inside.split("/")).not.toContain("..");
      expect(inside).toBe(name);
    }),
  );
});

test("the same files make the same manifest, in whatever order", () => {
  const files = [file("b"), file("a")];
  expect(manifestText(files)).toBe(manifestText(files.toReversed()));
});

test("objects of different names never meet", () => {
  const names = ["a.json", "a b.json", "ä.json", "lora-desk-manifest.json", "a/b.json"];
  const objects = names.map((name) => objectNameOf("u/h", name));
  expect(new Set(objects).size).toBe(names.length);
  for (const object of objects) expect(object).toMatch(/^[\w./-]+$/);
});
