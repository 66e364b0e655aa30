import { describe, expect, it } from "vitest";
import type { Gpu } from "../../shared/contract/gpus.ts";
import { cpuLevels, gpuLevels, spokenLevel } from "./gpu-levels.ts";

const a100: Gpu = {
  index: 0,
  uuid: "GPU-1",
  name: "NVIDIA A100-SXM4-80GB",
  memoryTotalMb: 81_920,
  memoryUsedMb: 40_960,
  utilizationPercent: 99,
  temperatureC: 61,
  powerW: 300,
  powerLimitW: 400,
  isMigEnabled: false,
};

function level(gpu: Gpu, name: string) {
  const found = gpuLevels(gpu).find((one) => one.name === name);
  if (found === undefined) throw new Error(`No level ${name}`);
  return found;
}

describe("gpuLevels", () => {
  it("compares with the whole where there is one", () => {
    expect(level(a100, "Memory")).toMatchObject({ share: 0.5, value: "40.0 GB", whole: "80.0 GB" });
    expect(level(a100, "Power").share).toBe(0.75);
    expect(level(a100, "Temperature")).toMatchObject({ share: 0.61, whole: null });
  });

  it("does not warn of a busy GPU, but of a hot and of a full one", () => {
    expect(level(a100, "Utilisation").warnAbove).toBeUndefined();
    expect(level({ ...a100, temperatureC: 86 }, "Temperature").share).toBeLessThan(0.87);
    const { share, warnAbove } = level({ ...a100, temperatureC: 90 }, "Temperature");
    expect(share).toBeGreaterThan(warnAbove ?? 1);
  });

  it("never makes a zero of what the driver does not tell", () => {
    const laptop: Gpu = {
      ...a100,
      memoryTotalMb: null,
      utilizationPercent: null,
      temperatureC: null,
      powerLimitW: null,
    };
    expect(gpuLevels(laptop).map(({ share }) => share)).toEqual([null, null, null, null]);
    expect(level(laptop, "Power")).toMatchObject({ whole: null });
    expect(spokenLevel(level(laptop, "Utilisation"))).toBe("not told by the device");
  });
});

describe("cpuLevels", () => {
  it("shows load and memory", () => {
    const [load, memory] = cpuLevels({
      name: "CPU",
      cores: 2,
      memoryTotalMb: 2048,
      memoryUsedMb: 512,
      loadPercent: null,
    });
    expect(load?.share).toBeNull();
    expect(memory?.share).toBe(0.25);
    expect(memory && spokenLevel(memory)).toBe("512 MB of 2.0 GB");
  });
});
