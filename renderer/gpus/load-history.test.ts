import { describe, expect, it } from "vitest";
import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import { CPU_KEY, deviceKey, withReading } from "./load-history.ts";
import type { LoadHistory } from "./load-history.ts";

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

function report(gpus: Gpu[], loadPercent: number | null): GpuReport {
  const cpu = { name: "CPU", cores: 2, memoryTotalMb: 1, memoryUsedMb: 1, loadPercent };
  return {
    driver: { state: "ready", version: "1" },
    gpus,
    cpu,
    sampledAt: "2026-01-01T00:00:00.000Z",
  };
}

const NOTHING: LoadHistory = new Map();

describe("withReading", () => {
  it("adds to each device's readings, also when their order changes", () => {
    const first = withReading(NOTHING, report([gpu(0, "a", 10), gpu(1, "b", 20)], 5));
    const second = withReading(first, report([gpu(0, "b", 21), gpu(1, "a", 11)], 6));
    expect(second.get("a")).toEqual([10, 11]);
    expect(second.get("b")).toEqual([20, 21]);
    expect(second.get(CPU_KEY)).toEqual([5, 6]);
  });

  it("leaves out a reading that is not told, and forgets a device that is gone", () => {
    const first = withReading(NOTHING, report([gpu(0, "a", 10), gpu(1, null, 3)], null));
    expect(first.get(CPU_KEY)).toEqual([]);
    const second = withReading(first, report([gpu(0, "a", null)], 1));
    expect(second.get("a")).toEqual([10]);
    expect(second.has(deviceKey(gpu(1, null, 3)))).toBe(false);
  });

  it("keeps the last three minutes", () => {
    let history = NOTHING;
    for (let percent = 0; percent < 100; percent += 1) {
      history = withReading(history, report([gpu(0, "a", percent)], 0));
    }
    expect(history.get("a")).toHaveLength(90);
    expect(history.get("a")?.at(-1)).toBe(99);
    expect(history.get("a")?.[0]).toBe(10);
  });
});
