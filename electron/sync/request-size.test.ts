import fc from "fast-check";
import { expect, it } from "vitest";
import { RequestSize } from "./request-size.ts";

it("halves what failed down to one, and grows again after some that went through", () => {
  const size = new RequestSize(500);
  const seen: number[] = [];
  for (let failures = 0; failures < 10; failures += 1) {
    size.failed(size.now);
    seen.push(size.now);
  }
  expect(seen).toEqual([250, 125, 62, 31, 15, 7, 3, 1, 1, 1]);
  for (let successes = 0; successes < 4; successes += 1) size.succeeded(1);
  expect(size.now).toBe(2);
});

it("is halved once by several that were under way together", () => {
  const size = new RequestSize(39);
  for (let each = 0; each < 3; each += 1) size.failed(39);
  expect(size.now).toBe(19);
});

it("finds a size that a line carries, whatever that is, and holds to it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), (carried) => {
      const size = new RequestSize(500);
      let failures = 0;
      let sent = 0;
      for (let request = 0; request < 200; request += 1) {
        if (size.now > carried) {
          failures += 1;
          size.failed(size.now);
        } else {
          sent += size.now;
          size.succeeded(size.now);
        }
      }
      expect(size.now).toBeGreaterThanOrEqual(1);
      expect(size.now).toBeLessThanOrEqual(500);
      // A try at more now and then, and otherwise at least a quarter of what is carried.
      expect(failures).toBeLessThanOrEqual(8 + 200 / 5);
      expect(sent).toBeGreaterThan(Math.min(carried, 500) * 0.25 * 120);
    }),
  );
});

it("does not grow by what is much smaller than it might be", () => {
  const size = new RequestSize(500);
  size.failed(500);
  for (let each = 0; each < 50; each += 1) size.succeeded(3);
  expect(size.now).toBe(250);
});
