import fc from "fast-check";
import { expect, test } from "vitest";
import { inspectedRowOf, utf16Offsets } from "./inspected-rows.ts";

test("offsets in code points become offsets into a JavaScript string", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (before, after) => {
      const text = before + after;
      const offsetOf = utf16Offsets(text);
      expect(offsetOf(Array.from(before).length)).toBe(before.length);
      expect(offsetOf(Array.from(text).length + 5)).toBe(text.length);
    }),
  );
});

test("each token names its own characters, beyond the basic plane too", () => {
  const text = "a😀b";
  const tokens = Array.from(text).map((_, at) => ({
    id: at,
    start: at,
    end: at + 1,
    is_label: at === 1,
    sequence: at < 2 ? 0 : null,
  }));
  const counts = { token_count: 3, label_count: 1 };
  const reply = { row: 0, outcome: "truncated" as const, reason: null, text, tokens, ...counts };
  const row = inspectedRowOf(reply, 17);
  expect(row.row).toBe(17);
  expect(row.tokens.map(({ start, end }) => text.slice(start, end))).toEqual(["a", "😀", "b"]);
  expect(row.tokens.map(({ isLabel }) => isLabel)).toEqual([false, true, false]);
  expect(row.tokens.map(({ sequence }) => sequence)).toEqual([0, 0, null]);
});
