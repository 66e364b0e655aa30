import { describe, expect, it } from "vitest";
import { historyPath } from "./history-path.ts";

const frame = { fromMs: 0, toMs: 100_000, range: [0, 100], width: 100, height: 22 } as const;
const values = (...pairs: [seconds: number, value: number | null][]) =>
  pairs.map(([seconds, value]) => ({ atMs: seconds * 1000, value }));

describe("historyPath", () => {
  it("places values by time and range, and keeps them in the frame", () => {
    expect(historyPath(values([0, 0], [5, 100], [10, 250]), frame)).toBe(
      "M0.0 21.0L5.0 1.0L10.0 1.0",
    );
  });

  it("breaks where nothing was sampled, and where the figure was not told for long", () => {
    expect(historyPath(values([0, 0], [2, 0], [30, 0], [32, 0]), frame).match(/M/g)).toHaveLength(
      2,
    );
    const untold = values([0, 0], [4, null], [8, null], [12, 0]);
    expect(historyPath(untold, frame).match(/M/g)).toHaveLength(2);
  });

  it("leaves out what lies before", () => {
    expect(historyPath(values([-5, 3], [200, 3]), frame)).toBe("");
    expect(historyPath([], { ...frame, range: [0, 0] })).toBe("");
  });
});
