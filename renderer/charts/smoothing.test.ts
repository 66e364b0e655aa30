import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smooth, smoothingSpan } from "./smoothing.ts";

const xs = Array.from({ length: 50 }, (_, index) => index);

describe("smooth", () => {
  it("leaves a constant as it is, from the first point on", () => {
    const smoothed = smooth(
      xs,
      xs.map(() => 2.5),
      5,
    );
    for (const value of smoothed) expect(value).toBeCloseTo(2.5, 10);
  });

  it("keeps gaps as gaps and absent values as absent", () => {
    expect(smooth([0, 1, 2, 3], [1, null, undefined, 1], 2)).toEqual([1, null, undefined, 1]);
  });

  it("does nothing without a span", () => {
    expect(smooth([0, 1], [3, 1], 0)).toEqual([3, 1]);
  });

  it("stays within the values it has seen", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        (values, span) => {
          const places = values.map((_, index) => index);
          const lowest = Math.min(...values) - 1e-6;
          const highest = Math.max(...values) + 1e-6;
          return smooth(places, values, span).every(
            (value) => typeof value === "number" && value >= lowest && value <= highest,
          );
        },
      ),
    );
  });

  it("calms noise: the smoothed line moves less than the raw one", () => {
    const noisy = xs.map((x) => (x % 2 === 0 ? 1 : 2));
    const smoothed = smooth(xs, noisy, 10) as number[];
    const tail = smoothed.slice(20);
    expect(Math.max(...tail) - Math.min(...tail)).toBeLessThan(0.2);
  });
});

describe("smoothingSpan", () => {
  it("is a share of the drawn range", () => {
    expect(smoothingSpan([100, 150, 300], 0.1)).toBe(20);
    expect(smoothingSpan([], 0.1)).toBe(0);
  });
});
