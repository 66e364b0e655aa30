import { describe, expect, it } from "vitest";
import type { ByteSample } from "./byte-rate.ts";
import { bytesPerSecond, secondsToGo, withSample } from "./byte-rate.ts";

function sampled(samples: readonly ByteSample[]): readonly ByteSample[] {
  return samples.reduce<readonly ByteSample[]>(withSample, []);
}

describe("bytesPerSecond", () => {
  it("is not known from one sample or a moment", () => {
    expect(bytesPerSecond([])).toBeNull();
    expect(bytesPerSecond(sampled([{ atMs: 0, bytes: 10 }]))).toBeNull();
    const moment = [
      { atMs: 0, bytes: 0 },
      { atMs: 100, bytes: 900 },
    ];
    expect(bytesPerSecond(sampled(moment))).toBeNull();
  });

  it("follows a change of speed within the window", () => {
    const fast = [0, 1, 2, 3, 4].map((s) => ({ atMs: s * 1000, bytes: s * 1000 }));
    expect(bytesPerSecond(sampled(fast))).toBe(1000);
    const slow = [5, 6, 7, 8, 9].map((s) => ({ atMs: s * 1000, bytes: 4000 + (s - 4) * 10 }));
    expect(bytesPerSecond(sampled([...fast, ...slow]))).toBe(10);
  });

  it("begins anew when a file is read from its beginning again", () => {
    const again = [
      { atMs: 0, bytes: 5000 },
      { atMs: 1000, bytes: 9000 },
      { atMs: 2000, bytes: 0 },
      { atMs: 3000, bytes: 100 },
    ];
    expect(bytesPerSecond(sampled(again))).toBe(100);
  });
});

describe("secondsToGo", () => {
  it("is known only while something moves, and never negative", () => {
    expect(secondsToGo(0, 100, null)).toBeNull();
    expect(secondsToGo(0, 100, 0)).toBeNull();
    expect(secondsToGo(40, 100, 20)).toBe(3);
    expect(secondsToGo(140, 100, 20)).toBe(0);
  });
});
