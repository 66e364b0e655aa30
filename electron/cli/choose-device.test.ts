import { expect, test } from "vitest";
import type { EnvironmentReport } from "../../shared/contract/environment.ts";
import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import { chooseDevice, type DeviceOptions } from "./choose-device.ts";

const gpu = (index: number, changes: Partial<Gpu> = {}) =>
  ({
    index,
    uuid: `GPU-${index}`,
    name: "NVIDIA A100",
    memoryTotalMb: 81_920,
    memoryUsedMb: 1000 * index,
    isMigEnabled: false,
    ...changes,
  }) as Gpu;

function choose(options: DeviceOptions, gpus: Gpu[] = [gpu(0), gpu(1), gpu(2)]) {
  const torch = { version: "2.13.0", devices: gpus.map(({ name }) => name) };
  return chooseDevice(options, { gpus } as GpuReport, { torch } as unknown as EnvironmentReport);
}

test("several GPUs are chosen by number or UUID, each once", () => {
  expect(choose({ gpus: "0,2" })).toEqual({ kind: "cuda", uuids: ["GPU-0", "GPU-2"] });
  expect(choose({ gpus: "GPU-1, 1" })).toEqual({ kind: "cuda", uuids: ["GPU-1"] });
  expect(choose({ gpus: "all" })).toMatchObject({ uuids: ["GPU-0", "GPU-1", "GPU-2"] });
  expect(choose({ gpus: "none" })).toEqual({ kind: "cpu" });
  expect(choose({})).toEqual({ kind: "cuda", uuids: ["GPU-0"] });
});

test("a GPU split by MIG is not one to train on", () => {
  const gpus = [gpu(0), gpu(1, { isMigEnabled: true })];
  expect(choose({ gpus: "all" }, gpus)).toEqual({ kind: "cuda", uuids: ["GPU-0"] });
  expect(() => choose({ gpus: "1" }, gpus)).toThrow("There are: 0 (NVIDIA A100).");
});

test("what cannot be chosen is refused with what there is", () => {
  expect(() => choose({ gpus: "7" })).toThrow(/no GPU “7”.*0 \(NVIDIA A100\), 1/);
  expect(() => choose({ gpus: "0" }, [])).toThrow(/can use no GPU/);
});

const cluster = { machines: "2", machineRank: "1", rendezvous: "node-0:29500" };

test("several machines are named all together", () => {
  expect(choose({ gpus: "0", ...cluster })).toEqual({
    kind: "cuda",
    uuids: ["GPU-0"],
    cluster: { machines: 2, rank: 1, rendezvous: "node-0:29500" },
  });
});

test.each([
  [{ machines: "2" }, /need --machines, --machine-rank and --rendezvous together/],
  [{ ...cluster, machineRank: "2" }, /of 2 machines it is 0 to 1/],
  [{ ...cluster, machineRank: "one" }, /--machine-rank is one/],
  [{ ...cluster, rendezvous: "node-0" }, /rendezvous/],
  [{ ...cluster, machines: "1.5", machineRank: "0" }, /machines/],
  [{ ...cluster, gpus: "none" }, /on GPUs only/],
])("%j is refused", (options, message) => {
  expect(() => choose(options)).toThrow(message);
});
