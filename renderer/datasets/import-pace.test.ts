import { describe, expect, it } from "vitest";
import { describePace, shareOf } from "./import-pace.ts";

describe("describePace", () => {
  it("says only what is known", () => {
    expect(describePace(0, 480_000_000, null)).toBe("0 B of 480 MB");
    expect(describePace(1_000_000, 480_000_000, 0)).toBe("1 MB of 480 MB · 0 B/s");
    expect(describePace(182_000_000, 480_000_000, 52_400_000)).toBe(
      "182 MB of 480 MB · 52.4 MB/s · 6 s left",
    );
  });
});

describe("shareOf", () => {
  it("is not known for a file without a length, and never more than all", () => {
    expect(shareOf(0, 0)).toBeNull();
    expect(shareOf(1, 4)).toBe(0.25);
    expect(shareOf(5, 4)).toBe(1);
  });
});
