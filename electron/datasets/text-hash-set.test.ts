import { expect, test } from "vitest";
import type { Turn } from "../../shared/contract/datasets.ts";
import { TextHashSet } from "./text-hash-set.ts";

const turn = (text: string, role: Turn["role"] = "user"): Turn => ({ role, text });

test("tells a hundred thousand rows apart, also while it grows, and knows each again", () => {
  const set = new TextHashSet();
  const rows = Array.from({ length: 100_000 }, (_, row) => [turn(`row ${row}`)]);
  expect(rows.filter((row) => set.add(row))).toHaveLength(rows.length);
  expect(rows.filter((row) => set.add(row))).toHaveLength(0);
});

test.each([
  ["white space at the ends", [turn("a")], [turn(" \n a\u3000")], true],
  ["kinds and runs of white space", [turn("a b")], [turn("a\u00a0\t b")], true],
  ["no white space at all", [turn("ab")], [turn("a b")], false],
  ["the role", [turn("a")], [turn("a", "system")], false],
  ["where a turn ends", [turn("ab"), turn("c")], [turn("a"), turn("bc")], false],
  ["the order", [turn("a"), turn("b")], [turn("b"), turn("a")], false],
  ["case", [turn("A")], [turn("a")], false],
])("%s", (_difference, first, second, isSame) => {
  const set = new TextHashSet();
  set.add(first);
  expect(set.add(second)).toBe(!isSame);
});
