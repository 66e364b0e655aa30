import { expect, test } from "vitest";
import type { Bucket } from "./object-store.ts";
import { checkName, checkSize, checkType, maxBytesOf } from "./upload-rules.ts";

function bucket(file_size_limit: string | null, allowed_mime_types: string[] | null): Bucket {
  const at = new Date(0);
  const fixed = { id: "b", name: "b", owner: null, public: false, created_at: at, updated_at: at };
  return { ...fixed, file_size_limit, allowed_mime_types };
}

test("the smaller of the bucket's and the project's limit counts", () => {
  expect(maxBytesOf(bucket("500", null), 50)).toBe(50);
  expect(maxBytesOf(bucket("500", null), Infinity)).toBe(500);
  expect(maxBytesOf(bucket(null, null), 50)).toBe(50);
  expect(() => checkSize(50, 50)).not.toThrow();
  expect(() => checkSize(51, 50)).toThrow("exceeded the maximum allowed size");
});

test.each([
  [null, "anything/else"],
  [[], "anything/else"],
  [["text/plain"], "text/plain; charset=utf-8"],
  [["text/plain"], "TEXT/PLAIN"],
  [["image/*"], "image/png"],
])("a bucket for %j takes %s", (allowed, type) => {
  expect(() => checkType(bucket(null, allowed), type)).not.toThrow();
});

test.each([
  [["text/plain"], "text/plainer"],
  [["image/*"], "imagery/png"],
])("a bucket for %j refuses %s", (allowed, type) => {
  expect(() => checkType(bucket(null, allowed), type)).toThrow(
    `mime type ${type} is not supported`,
  );
});

test.each(["a/b (1).txt", "user/0f3a/model-00001-of-00002.safetensors"])("%s is a name", (name) => {
  expect(() => checkName(name)).not.toThrow();
});

test.each(["", "naïve.txt", "a\\b", "100%.txt", "a#b", "a\nb"])("%j is no name", (name) => {
  expect(() => checkName(name)).toThrow(/Invalid key/);
});
