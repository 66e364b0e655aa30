import { describe, expect, it } from "vitest";
import type { Gpu, GpuHistoryPoint, GpuReport } from "../../shared/contract/gpus.ts";
import {
  CPU_KEY,
  type DeviceHistory,
  deviceKey,
  withEarlier,
  withReport,
} from "./device-history.ts";

const START = Date.parse("2026-01-01T00:00:00.000Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

function gpu(index: number, uuid: string | null, utilizationPercent: number | null): Gpu {
  return {
    index,
    uuid,
    name: "GPU",
    memoryTotalMb: null,
    memoryUsedMb: null,
    utilizationPercent,
    temperatureC: null,
    powerW: null,
    powerLimitW: null,
    isMigEnabled: false,
  };
}

function report(seconds: number, gpus: Gpu[], loadPercent: number | null = 1): GpuReport {
  const cpu = { name: "CPU", cores: 2, memoryTotalMb: 1, memoryUsedMb: 1, loadPercent };
  return { driver: { state: "ready", version: "1" }, gpus, cpu, sampledAt: at(seconds) };
}

const point = (seconds: number, percent: number): GpuHistoryPoint => ({
  at: at(seconds),
  utilizationPercent: percent,
  utilizationPeakPercent: percent,
  memoryUsedMb: null,
  memoryPeakMb: null,
  temperatureC: null,
  temperaturePeakC: null,
  powerW: null,
  powerPeakW: null,
});

const loads = (history: DeviceHistory, key: string) =>
  history.get(key)?.map(({ utilizationPercent }) => utilizationPercent);

const NOTHING: DeviceHistory = new Map();

describe("withReport", () => {
  it("adds to each device's samples, also when their order changes", () => {
    const first = withReport(NOTHING, report(0, [gpu(0, "a", 10), gpu(1, "b", 20)], 5));
    const second = withReport(first, report(2, [gpu(0, "b", 21), gpu(1, "a", 11)], 6));
    expect(loads(second, "a")).toEqual([10, 11]);
    expect(loads(second, "b")).toEqual([20, 21]);
    expect(loads(second, CPU_KEY)).toEqual([5, 6]);
  });

  it("keeps a figure that is not told as such, and forgets a device that is gone", () => {
    const first = withReport(NOTHING, report(0, [gpu(0, "a", 10), gpu(1, null, 3)], null));
    const second = withReport(first, report(2, [gpu(0, "a", null)]));
    expect(loads(second, "a")).toEqual([10, null]);
    expect(second.has(deviceKey(gpu(1, null, 3)))).toBe(false);
  });

  it("takes a sample that comes twice once, and starts again when the clock is set back", () => {
    const first = withReport(NOTHING, report(100, [gpu(0, "a", 10)]));
    const twice = withReport(first, report(100, [gpu(0, "a", 11)]));
    expect(loads(twice, "a")).toEqual([11]);
    expect(loads(withReport(twice, report(50, [gpu(0, "a", 12)])), "a")).toEqual([12]);
  });

  it("keeps the last ten minutes", () => {
    let history = NOTHING;
    for (let second = 0; second <= 660; second += 60) {
      history = withReport(history, report(second, [gpu(0, "a", second)]));
    }
    expect(loads(history, "a")?.[0]).toBe(60);
    expect(loads(history, "a")).toHaveLength(11);
  });
});

describe("withEarlier", () => {
  it("puts in front what was sampled before, and nothing twice", () => {
    const seen = withReport(NOTHING, report(10, [gpu(0, "a", 10)]));
    const points = [point(6, 6), point(8, 8), point(10, 10), point(12, 12)];
    const whole = withEarlier(seen, { uuid: "a", intervalMs: 2000, points });
    expect(loads(whole, "a")).toEqual([6, 8, 10]);
    expect(loads(withEarlier(NOTHING, { uuid: "a", intervalMs: 2000, points }), "a")).toEqual([
      6, 8, 10, 12,
    ]);
  });
});
