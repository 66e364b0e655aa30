import { describe, expect, it } from "vitest";
import { paddedRange, readoutIndex } from "./chart-series.ts";

describe("readoutIndex", () => {
  it("reads the last value when nothing is hovered", () => {
    expect(readoutIndex([1, 2, undefined], null)).toBe(1);
  });

  it("reads the hovered value, a gap included, or the nearest before it", () => {
    expect(readoutIndex([1, null, undefined, 4], 1)).toBe(1);
    expect(readoutIndex([1, null, undefined, 4], 2)).toBe(1);
    expect(readoutIndex([undefined, undefined], 1)).toBe(-1);
    expect(readoutIndex([1, 2], 40)).toBe(1);
  });
});

describe("paddedRange", () => {
  it("gives a constant some room and an empty chart a frame", () => {
    expect(paddedRange(5, 5, 0.1)).toEqual([4.5, 5.5]);
    expect(paddedRange(0, 0, 0.1)).toEqual([-1, 1]);
    expect(paddedRange(null, null, 0.1)).toEqual([0, 1]);
    expect(paddedRange(0, 10, 0.1)).toEqual([-1, 11]);
  });
});
