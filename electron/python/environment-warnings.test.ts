import { expect, test } from "vitest";
import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import { compareWithDriver, compareWithRequirements } from "./environment-warnings.ts";

function reportOf(torch: Partial<EnvironmentReport["torch"]>): EnvironmentReport {
  return {
    pythonPath: "/env/bin/python",
    pythonVersion: "3.12.1",
    packages: { torch: "2.13.0", transformers: "4.51.3", peft: "0.21.0" },
    torch: { version: "2.13.0", cudaVersion: "13.0", devices: [], supportsBf16: false, ...torch },
    checkedAt: "2026-01-02T03:04:05.000Z",
  };
}

function driverSees(count: number, isMigEnabled = false): GpuReport {
  const gpu = {
    index: 0,
    uuid: null,
    name: "NVIDIA L4",
    memoryTotalMb: null,
    memoryUsedMb: null,
    utilizationPercent: null,
    temperatureC: null,
    powerW: null,
    powerLimitW: null,
    isMigEnabled,
  };
  return {
    driver:
      count > 0 ? { state: "ready", version: "550.54" } : { state: "missing", message: "none" },
    gpus: Array.from({ length: count }, (_, index) => ({ ...gpu, index })),
    cpu: { name: "CPU", cores: 1, memoryTotalMb: 1, memoryUsedMb: 1, loadPercent: null },
    sampledAt: "2026-01-02T03:04:05.000Z",
  };
}

test("all is well without a GPU, and when both see the same", () => {
  expect(compareWithDriver(reportOf({ cudaVersion: null }), driverSees(0), "linux")).toEqual([]);
  expect(compareWithDriver(reportOf({ devices: ["A", "B"] }), driverSees(2), "linux")).toEqual([]);
});

test.each(["win32", "linux"] as const)(
  "a CPU torch beside a GPU on %s: names the command",
  (platform) => {
    const torch = { cudaVersion: null, version: "2.13.0+cpu" };
    const [warning] = compareWithDriver(reportOf(torch), driverSees(1), platform);
    expect(warning?.message).toContain("CPU only");
    expect(warning?.remedy).toContain(
      '"/env/bin/python" -m pip install --force-reinstall "torch==2.13.0"',
    );
    expect(warning?.remedy.includes("followed by the index option")).toBe(platform === "win32");
  },
);

test("a CUDA torch that sees nothing points at the driver", () => {
  const [warning] = compareWithDriver(reportOf({}), driverSees(2), "linux");
  expect(warning?.message).toBe(
    "The driver (550.54) sees 2 GPUs, but torch 2.13.0 (CUDA 13.0) sees none.",
  );
  expect(warning?.remedy).toContain("update the NVIDIA driver");
});

test("fewer GPUs in torch than in the driver are told, except under MIG", () => {
  const report = reportOf({ devices: ["NVIDIA L4"] });
  expect(compareWithDriver(report, driverSees(2), "linux")[0]?.remedy).toContain(
    "CUDA_VISIBLE_DEVICES",
  );
  expect(compareWithDriver(report, driverSees(2, true), "linux")).toEqual([]);
});

test("packages of another generation are named; a newer patch is not", () => {
  const pins = "torch==2.9.1\r\ntransformers==5.17.0\n# a note\npeft==0.20.0\naccelerate==1.0.0\n";
  const [warning, ...others] = compareWithRequirements(reportOf({}), pins, "/app/requirements.txt");
  expect(others).toEqual([]);
  expect(warning?.message).toContain("transformers 4.51.3 instead of 5.17.0");
  expect(warning?.message).not.toContain("torch");
  expect(warning?.remedy).toContain('-m pip install -r "/app/requirements.txt"');
});
