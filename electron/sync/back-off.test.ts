import fc from "fast-check";
import { expect, it } from "vitest";
import { backOffMs } from "./back-off.ts";

it("waits from one second to five minutes, whatever the luck and the server say", () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.nat(10_000_000)),
      (failures, random, retryAfter) => {
        const ms = backOffMs(failures, random, retryAfter);
        expect(ms).toBeGreaterThanOrEqual(Math.min(retryAfter ?? 0, 300_000));
        expect(ms).toBeGreaterThanOrEqual(1000);
        expect(ms).toBeLessThanOrEqual(300_000);
      },
    ),
  );
  expect(backOffMs(3, 1, null)).toBe(8000);
});
