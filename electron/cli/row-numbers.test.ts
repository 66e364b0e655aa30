import { expect, test } from "vitest";
import { rowNumbers } from "./row-numbers.ts";

test("rows are named one by one and in ranges", () => {
  expect(rowNumbers("0,5, 10-12", 50)).toEqual([0, 5, 10, 11, 12]);
  expect(rowNumbers("0-49", 50)).toHaveLength(50);
});

test.each([
  ["", /names no rows/],
  ["1,", /names no rows/],
  ["5-3", /names no rows/],
  ["-1", /names no rows/],
  ["first", /names no rows/],
  ["0-50", /At most 50 rows/],
  ["0-999999999", /At most 50 rows/],
])("%j is refused", (text, message) => {
  expect(() => rowNumbers(text, 50)).toThrow(message);
});
