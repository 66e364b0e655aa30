import { describe, expect, it } from "vitest";
import { formatBytes, formatBytesPerSecond, formatMemory } from "./bytes.ts";
import {
  formatCompact,
  formatCount,
  formatCountOf,
  formatLearningRate,
  formatLoss,
  formatMeasure,
  formatPercent,
  formatShare,
  formatTokensPerSecond,
} from "./numbers.ts";
import {
  formatAgo,
  formatDuration,
  formatStepTime,
  formatTimeLeft,
  secondsBetween,
} from "./time.ts";

describe("numbers", () => {
  it("writes counts with separators and the right grammatical number", () => {
    expect(formatCount(7473)).toBe("7,473");
    expect(formatCountOf(1, "row")).toBe("1 row");
    expect(formatCountOf(0, "row")).toBe("0 rows");
    expect(formatCountOf(2, "entry", "entries")).toBe("2 entries");
  });

  it("keeps three significant figures and never writes 1000k", () => {
    expect(formatCompact(0)).toBe("0");
    expect(formatCompact(950)).toBe("950");
    expect(formatCompact(12_431)).toBe("12.4k");
    expect(formatCompact(999_960)).toBe("1M");
    expect(formatCompact(8_030_261_248)).toBe("8.03B");
    expect(formatCompact(-1500)).toBe("-1.5k");
  });

  it("writes loss to four decimals and unknown figures as a dash", () => {
    expect(formatLoss(1.28341)).toBe("1.2834");
    expect(formatLoss(0)).toBe("0.0000");
    expect(formatLoss(0.00004213)).toBe("4.21e-5");
    expect(formatLoss(null)).toBe("–");
    expect(formatLoss(Number.NaN)).toBe("–");
  });

  it("writes learning rates in the way they are typed", () => {
    expect(formatLearningRate(2e-4)).toBe("2e-4");
    expect(formatLearningRate(0.0000153)).toBe("1.53e-5");
    expect(formatLearningRate(0)).toBe("0");
    expect(formatLearningRate(null)).toBe("–");
  });

  it("writes rates, shares and measures with their units", () => {
    expect(formatTokensPerSecond(12_431)).toBe("12.4k tok/s");
    expect(formatTokensPerSecond(null)).toBe("–");
    expect(formatShare(0.999)).toBe("99\u202f%");
    expect(formatShare(1)).toBe("100\u202f%");
    expect(formatShare(-1)).toBe("0\u202f%");
    expect(formatPercent(null)).toBe("–");
    expect(formatMeasure(1.234567)).toBe("1.235");
    expect(formatMeasure(0.0001234)).toBe("1.23e-4");
  });
});

describe("bytes", () => {
  it("uses decimal units for files and binary ones for memory", () => {
    expect(formatBytes(0)).toBe("0 B");
    expect(formatBytes(999)).toBe("999 B");
    expect(formatBytes(999_600)).toBe("1 MB");
    expect(formatBytes(1_234_567)).toBe("1.23 MB");
    expect(formatBytesPerSecond(52_400_000)).toBe("52.4 MB/s");
    expect(formatMemory(512)).toBe("512 MB");
    expect(formatMemory(24_564)).toBe("24.0 GB");
    expect(formatMemory(143_771)).toBe("140 GB");
    expect(formatMemory(null)).toBe("–");
  });
});

describe("time", () => {
  it("writes durations in their two largest units", () => {
    expect(formatDuration(8.4)).toBe("8 s");
    expect(formatDuration(252)).toBe("4 min 12 s");
    expect(formatDuration(3 * 3600 + 12 * 60 + 40)).toBe("3 h 12 min");
    expect(formatDuration(3600)).toBe("1 h");
    expect(formatDuration(52 * 3600)).toBe("2 d 4 h");
  });

  it("writes the time of a step with what matters of it", () => {
    expect(formatStepTime(0.2)).toBe("1 ms");
    expect(formatStepTime(85.4)).toBe("85 ms");
    expect(formatStepTime(999.7)).toBe("1.0 s");
    expect(formatStepTime(3_120)).toBe("3.1 s");
    expect(formatStepTime(130_000)).toBe("2 min 10 s");
  });

  it("writes forecasts more coarsely the farther they reach", () => {
    expect(formatTimeLeft(3)).toBe("a few seconds left");
    expect(formatTimeLeft(41.2)).toBe("41 s left");
    expect(formatTimeLeft(187)).toBe("3 min 10 s left");
    expect(formatTimeLeft(11_555)).toBe("3 h 13 min left");
  });

  it("tells how long ago something was", () => {
    const now = Date.parse("2026-03-05T12:00:00Z");
    expect(formatAgo("2026-03-05T11:59:40Z", now)).toBe("just now");
    expect(formatAgo("2026-03-05T11:56:00Z", now)).toBe("4 min ago");
    expect(formatAgo("2026-03-05T09:00:00Z", now)).toBe("3 h ago");
    expect(formatAgo("2026-03-04T09:00:00Z", now)).toBe("yesterday");
    expect(formatAgo("2026-02-01T09:00:00Z", now)).toBe("1 Feb 2026");
  });

  it("never measures a negative time", () => {
    expect(secondsBetween("2026-03-05T12:00:01Z", "2026-03-05T12:00:00Z")).toBe(0);
    expect(secondsBetween("2026-03-05T12:00:00Z", "2026-03-05T12:01:30Z")).toBe(90);
  });
});
