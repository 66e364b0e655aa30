import { describe, expect, it } from "vitest";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import {
  areGpusUnseen,
  describeClocks,
  describeDevices,
  describeGpu,
  describePace,
} from "./gpu-words.ts";

const gpu: Gpu = {
  index: 0,
  uuid: "GPU-1",
  name: "NVIDIA A100-SXM4-80GB",
  memoryTotalMb: 81_920,
  memoryUsedMb: 0,
  utilizationPercent: 0,
  temperatureC: 30,
  powerW: 60,
  powerLimitW: 400,
  isMigEnabled: false,
};

const withGpus: GpuReport = {
  driver: { state: "ready", version: "580.1" },
  gpus: [gpu, gpu],
  cpu: { name: "CPU", cores: 8, memoryTotalMb: 1, memoryUsedMb: 1, loadPercent: 1 },
  sampledAt: "2026-01-01T00:00:00.000Z",
};

const environment = (devices: string[]): EnvironmentStatus => ({
  source: "own",
  path: "/python/env",
  state: "ready",
  warnings: [],
  report: {
    pythonPath: "/python/env/bin/python",
    pythonVersion: "3.12.1",
    packages: {},
    torch: { version: "2.13.0", cudaVersion: "13.0", devices, supportsBf16: true },
    checkedAt: "2026-01-01T00:00:00.000Z",
  },
});

describe("describeDevices", () => {
  it("counts GPUs and their memory", () => {
    expect(describeDevices(withGpus)).toBe("2 GPUs · 160 GB of GPU memory");
    expect(describeDevices({ ...withGpus, gpus: [{ ...gpu, memoryTotalMb: null }] })).toBe("1 GPU");
  });

  it("calls no GPU a normal thing, and a broken driver by its name", () => {
    const driver = { state: "missing", message: "None." } as const;
    expect(describeDevices({ ...withGpus, gpus: [], driver })).toBe(
      "No NVIDIA GPU · training runs on the CPU (8 cores)",
    );
    const broken = { state: "broken", message: "Hung.", remedy: "Restart." } as const;
    expect(describeDevices({ ...withGpus, gpus: [], driver: broken })).toContain(
      "cannot be reached",
    );
  });
});

describe("describeGpu", () => {
  it("names the UUID and MIG", () => {
    expect(describeGpu(gpu)).toBe("GPU-1");
    expect(describeGpu({ ...gpu, uuid: null, isMigEnabled: true })).toBe("MIG · no UUID told");
  });
});

describe("describeClocks", () => {
  it("names what is told", () => {
    expect(describeClocks({ ...gpu, smClockMhz: 1410, memoryClockMhz: 1593 })).toBe(
      "SM 1,410 MHz · memory 1,593 MHz",
    );
    expect(describeClocks({ ...gpu, smClockMhz: 210, memoryClockMhz: null })).toBe("SM 210 MHz");
    expect(describeClocks(gpu)).toBeNull();
  });
});

describe("describePace", () => {
  it("says the most serious reason, and nothing at full pace", () => {
    expect(describePace({ ...gpu, throttling: ["power_cap", "software_thermal"] })).toEqual({
      text: "Slowed by heat",
      tone: "warning",
    });
    expect(describePace({ ...gpu, throttling: ["power_cap"] })?.tone).toBe("neutral");
    expect(describePace({ ...gpu, throttling: [] })).toBeNull();
    expect(describePace(gpu)).toBeNull();
  });

  it("says first of all that a GPU is lost", () => {
    const lost: Gpu = { ...gpu, isLost: true, throttling: null };
    expect(describePace(lost)).toMatchObject({ tone: "bad" });
  });
});

describe("areGpusUnseen", () => {
  it("is so only when torch is known to see none", () => {
    expect(areGpusUnseen(withGpus, environment([]))).toBe(true);
    expect(areGpusUnseen(withGpus, environment(["A100"]))).toBe(false);
    expect(areGpusUnseen({ ...withGpus, gpus: [] }, environment([]))).toBe(false);
    expect(areGpusUnseen(withGpus, null)).toBe(false);
    expect(areGpusUnseen(withGpus, { source: "own", path: "/p", state: "unknown" })).toBe(false);
  });
});
