import { describe, expect, it } from "vitest";
import { placeOf, sectionOf } from "./row-sections.ts";

describe("sectionOf", () => {
  it("cuts a long list into pieces that a browser can lay out", () => {
    expect(sectionOf(0, 7473)).toEqual({ start: 0, end: 7473 });
    expect(sectionOf(9_999, 25_000)).toEqual({ start: 0, end: 10_000 });
    expect(sectionOf(10_000, 25_000)).toEqual({ start: 10_000, end: 20_000 });
    expect(sectionOf(24_999, 25_000)).toEqual({ start: 20_000, end: 25_000 });
  });

  it("stays within the list", () => {
    expect(sectionOf(-1, 25_000).start).toBe(0);
    expect(sectionOf(99_999, 25_000).start).toBe(20_000);
    expect(sectionOf(0, 0)).toEqual({ start: 0, end: 0 });
  });
});

describe("placeOf", () => {
  it("reads a row's number however its thousands are set apart", () => {
    expect(placeOf("1", 7473)).toBe(0);
    expect(placeOf(" 7,473 ", 7473)).toBe(7472);
    expect(placeOf("7 473", 7473)).toBe(7472);
  });

  it("refuses what is no row", () => {
    for (const typed of ["", "0", "-3", "7474", "1e3", "row 4"]) {
      expect(placeOf(typed, 7473)).toBeNull();
    }
  });
});
