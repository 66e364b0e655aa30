import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createTimeText } from "./metrics-times.ts";

it("says what Date.toISOString says, at all times that a date can hold", () => {
  const time = fc.oneof(
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
    fc.integer({ min: 1_790_000_000_000, max: 1_790_000_900_000 }),
  );
  fc.assert(
    fc.property(fc.array(time), (times) => {
      const textOf = createTimeText();
      expect(times.map(textOf)).toEqual(times.map((ms) => new Date(ms).toISOString()));
    }),
  );
});
