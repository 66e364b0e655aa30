import { expect, test } from "vitest";
import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import { pickDevice } from "./pick-device.ts";

function gpu(uuid: string | null, usedMb: number, isMigEnabled = false): Gpu {
  return {
    index: 0,
    uuid,
    name: "NVIDIA A100",
    memoryTotalMb: 81_920,
    memoryUsedMb: usedMb,
    utilizationPercent: 0,
    temperatureC: 30,
    powerW: 60,
    powerLimitW: 400,
    isMigEnabled,
  };
}

function pick(gpus: Gpu[], torchSees: string[]) {
  const cpu = { name: "CPU", cores: 2, memoryTotalMb: 1, memoryUsedMb: 0, loadPercent: 0 };
  const driver = { state: "ready", version: "580.1" } as const;
  const report: GpuReport = { driver, gpus, cpu, sampledAt: "2026-01-01T00:00:00.000Z" };
  const environment: EnvironmentReport = {
    pythonPath: "/python",
    pythonVersion: "3.12.1",
    packages: {},
    torch: { version: "2.13.0", cudaVersion: null, devices: torchSees, supportsBf16: false },
    checkedAt: "2026-01-01T00:00:00.000Z",
  };
  return pickDevice(report, environment);
}

test("the GPU with the most free memory is taken", () => {
  const gpus = [
    gpu("GPU-busy", 70_000),
    gpu("GPU-free", 100),
    gpu(null, 0),
    gpu("GPU-mig", 0, true),
  ];
  expect(pick(gpus, ["NVIDIA A100"])).toEqual({ kind: "cuda", uuids: ["GPU-free"] });
});

test("without a GPU, or where torch can use none, it is the CPU", () => {
  expect(pick([], [])).toEqual({ kind: "cpu" });
  expect(pick([gpu("GPU-free", 0)], [])).toEqual({ kind: "cpu" });
});
