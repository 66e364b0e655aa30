import { expect, test } from "vitest";
import type { Bucket } from "./object-store.ts";
import { checkName, checkSize, checkType, maxBytesOf } from "./upload-rules.ts";

function bucket(file_size_limit: string | null, allowed_mime_types: string[] | null): Bucket {
  const at = new Date(0);
  return {
    ...{ id: "b", name: "b", owner: null, public: false, created_at: at, updated_at: at },
    file_size_limit,
    allowed_mime_types,
  };
}

test("the smaller of the bucket's and the project's limit counts", () => {
  expect(maxBytesOf(bucket("500", null), 50)).toBe(50);
  expect(maxBytesOf(bucket("500", null), Infinity)).toBe(500);
  expect(maxBytesOf(bucket(null, null), 50)).toBe(50);
  expect(() => checkSize(50, 50)).not.toThrow();
  expect(() => checkSize(51, 50)).toThrow("exceeded the maximum allowed size");
});

test.each([
  [null, "anything/else", true],
  [[], "anything/else", true],
  [["text/plain"], "text/plain; charset=utf-8", true],
  [["text/plain"], "TEXT/PLAIN", true],
  [["text/plain"], "text/plainer", false],
  [["image/*"], "image/png", true],
  [["image/*"], "imagery/png", false],
])("of the types %j, %s is allowed: %s", (allowed, type, isAllowed) => {
  const check = expect(() => checkType(bucket(null, allowed), type));
  (isAllowed ? check.not : check).toThrow(`mime type ${type} is not supported`);
});

test.each(["a/b (1).txt", "user/0f3a/model-00001-of-00002.safetensors"])("%s is a name", (name) => {
  expect(() => checkName(name)).not.toThrow();
});

test.each(["", "naïve.txt", "a\\b", "100%.txt", "a#b", "a\nb"])("%j is no name", (name) => {
  expect(() => checkName(name)).toThrow(/Invalid key/);
});
