import { describe, expect, it } from "vitest";
import type { Gpu, GpuFault } from "../../shared/contract/gpus.ts";
import { faultsElsewhere, faultsOf, withFault } from "./gpu-faults.ts";

const NOW = Date.parse("2026-01-02T12:00:00.000Z");

const gpu: Gpu = {
  index: 0,
  uuid: "GPU-a",
  name: "GPU",
  memoryTotalMb: null,
  memoryUsedMb: null,
  utilizationPercent: null,
  temperatureC: null,
  powerW: null,
  powerLimitW: null,
  isMigEnabled: false,
  pciAddress: "0000:3b:00",
};

const fault = (id: string, uuid: string | null, hoursAgo = 1): GpuFault => ({
  id,
  at: new Date(NOW - hoursAgo * 3_600_000).toISOString(),
  uuid,
  pci: "0000:3b:00",
  xid: 79,
  pid: null,
  processName: null,
  text: "GPU has fallen off the bus.",
  title: "The GPU has fallen off the bus",
  advice: "Restart.",
  canRetryHelp: false,
});

describe("faults of a GPU", () => {
  it("are those of its UUID, or of its place where no UUID was known", () => {
    const faults = [fault("1", "GPU-a"), fault("2", null), fault("3", "GPU-b")];
    expect(faultsOf(gpu, faults, NOW).map(({ id }) => id)).toEqual(["1", "2"]);
    expect(faultsElsewhere([gpu], faults, NOW).map(({ id }) => id)).toEqual(["3"]);
  });

  it("are forgotten after a day", () => {
    const faults = [fault("1", "GPU-a", 25), fault("2", "GPU-b", 25)];
    expect(faultsOf(gpu, faults, NOW)).toEqual([]);
    expect(faultsElsewhere([gpu], faults, NOW)).toEqual([]);
  });

  it("are listed once each, newest first", () => {
    const one = fault("1", "GPU-a");
    const two = fault("2", "GPU-a");
    expect(withFault(withFault([], one), two)).toEqual([two, one]);
    expect(withFault([two, one], one)).toEqual([one, two]);
  });
});
