import { describe, expect, it } from "vitest";
import { memoryScale, memoryWords } from "./memory-scale.ts";

const memory = {
  estimateMb: 12 * 1024,
  parts: [
    { name: "Base model", mb: 8 * 1024 },
    { name: "Activations", mb: 4 * 1024 },
  ],
  measuredMb: null,
  limitMb: 24 * 1024,
};

describe("memoryScale", () => {
  it("has room for the limit and for what goes beyond it", () => {
    expect(memoryScale(memory)).toBeGreaterThan(memory.limitMb);
    expect(memoryScale({ ...memory, measuredMb: 40_000 })).toBe(40_000);
  });

  it("is never nothing", () => {
    expect(
      memoryScale({ estimateMb: null, parts: [], measuredMb: null, limitMb: null }),
    ).toBeGreaterThan(0);
  });
});

describe("memoryWords", () => {
  it("trusts the measurement more than the formula", () => {
    expect(memoryWords(memory).text).toBe("about 12.0 GB of 24.0 GB (50\u202f%)");
    expect(memoryWords({ ...memory, measuredMb: 6 * 1024 }).text).toBe(
      "measured 6.0 GB of 24.0 GB (25\u202f%)",
    );
  });

  it("says when it is too much", () => {
    expect(memoryWords({ ...memory, limitMb: 8 * 1024 })).toEqual({
      text: "about 12.0 GB of 8.0 GB (too much)",
      isOver: true,
    });
  });
});
