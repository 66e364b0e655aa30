import { expect, test } from "vitest";
import { storedValue } from "./stored-value.ts";

/* What numeric(14, 6) makes of these was asked of PostgreSQL. */
test.each([
  [2.2001825, 2.200183],
  [-2.2001825, -2.200183],
  [1.0000005, 1.000001],
  [0.1 + 0.2, 0.3],
  [5e-7, 0.000001],
  [4e-7, 0],
  [99_999_999.1234564, 99_999_999.123456],
])("money of %d is kept as %d", (given, kept) => {
  expect(storedValue({ kind: "money" }, given)).toBe(kept);
});
