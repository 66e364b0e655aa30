import { expect, test } from "vitest";
import { findByIdOrName } from "./find-by-id-or-name.ts";

const items = [
  { id: "aa11", name: "first" },
  { id: "aa22", name: "twin" },
  { id: "bb33", name: "twin" },
];

test.each([
  ["aa11", "aa11"],
  ["first", "aa11"],
  ["bb", "bb33"],
])("%s finds %s", (which, id) => expect(findByIdOrName(items, which, "dataset").id).toBe(id));

test.each([
  ["aa", /2 datasets are called “aa”/],
  ["twin", /2 datasets are called “twin”/],
  ["nobody", /no dataset called “nobody”.*datasets list/],
])("%s is ambiguous or absent", (which, message) =>
  expect(() => findByIdOrName(items, which, "dataset")).toThrow(message),
);
