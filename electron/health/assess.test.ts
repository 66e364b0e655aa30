import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GpuFault } from "../../shared/contract/gpus.ts";
import { assess } from "./assess.ts";
import { keyOf } from "./finding.ts";
import type { GpuObservation, RunObservation } from "./observation.ts";

const MINUTE_MS = 60_000;
const GB = 1e9;
const well: RunObservation = {
  phase: "training",
  quietMs: 1000,
  stepMs: 2000,
  silentMs: 500,
  disk: { freeBytes: 100 * GB, checkpointBytes: 2 * GB, path: "/runs/1" },
  loss: { last: 1.2, usual: 1.25, highSteps: 0, calmSteps: 400 },
  gpus: [],
  faults: [],
};
const gpu: GpuObservation = {
  uuid: "GPU-a",
  label: "GPU 0 (NVIDIA L4)",
  isLost: false,
  temperatureC: 60,
  hotMs: 0,
  coolMs: 9 * MINUTE_MS,
  throttledMs: 0,
  unthrottledMs: 9 * MINUTE_MS,
  throttledBy: [],
};
const fault: GpuFault = {
  id: "boot/1/0000:3b:00/79",
  at: "2026-03-01T10:00:00.000Z",
  uuid: "GPU-a",
  pci: "0000:3b:00",
  xid: 79,
  pid: null,
  processName: null,
  text: "GPU has fallen off the bus.",
  title: "The GPU has fallen off the bus",
  advice: "Restart the computer.",
  canRetryHelp: false,
};
const kinds = (over: Partial<RunObservation>, present: string[] = []) =>
  assess({ ...well, ...over }, new Set(present)).map(({ kind }) => kind);

test("a run that is well has no findings", () => {
  expect(kinds({ gpus: [gpu] })).toEqual([]);
});

describe("stalled", () => {
  test.each([
    ["ten minutes at least", 1000, 10 * MINUTE_MS],
    ["twenty median steps where those are longer", 60_000, 20 * MINUTE_MS],
    ["ten minutes before the first step", null, 10 * MINUTE_MS],
  ])("%s", (_name, stepMs, limitMs) => {
    expect(kinds({ stepMs, quietMs: limitMs - 1 })).toEqual([]);
    expect(kinds({ stepMs, quietMs: limitMs })).toEqual(["stalled"]);
  });

  test("an evaluation and a preparation take longer than a step", () => {
    expect(kinds({ phase: "evaluating", quietMs: 59 * MINUTE_MS })).toEqual([]);
    expect(kinds({ phase: "evaluating", quietMs: 60 * MINUTE_MS })).toEqual(["stalled"]);
    expect(kinds({ phase: "preparing_data", quietMs: 59 * MINUTE_MS })).toEqual([]);
    expect(kinds({ phase: "preparing_data", quietMs: 61 * MINUTE_MS })).toEqual(["stalled"]);
  });
});

test("vanished: no heartbeat for a minute; before the first there is none to miss", () => {
  expect(kinds({ silentMs: MINUTE_MS - 1 })).toEqual([]);
  expect(kinds({ silentMs: MINUTE_MS })).toEqual(["vanished"]);
  expect(kinds({ silentMs: null })).toEqual([]);
});

test("disk low: below two checkpoints and a gigabyte", () => {
  const disk = (freeBytes: number, checkpointBytes: number) =>
    kinds({ disk: { freeBytes, checkpointBytes, path: "/runs/1" } });
  expect(disk(5 * GB, 2 * GB)).toEqual([]);
  expect(disk(5 * GB - 1, 2 * GB)).toEqual(["disk_low"]);
  expect(disk(GB, 0)).toEqual([]);
  expect(disk(GB - 1, 0)).toEqual(["disk_low"]);
  expect(kinds({ disk: null })).toEqual([]);
});

test("loss exploding: twenty high steps begin it, twenty calm ones end it", () => {
  const loss = (highSteps: number, calmSteps: number, present: string[] = []) =>
    kinds({ loss: { last: 9, usual: 1, highSteps, calmSteps } }, present);
  const key = keyOf({ kind: "loss_exploding", subject: "" });
  expect(loss(19, 0)).toEqual([]);
  expect(loss(20, 0)).toEqual(["loss_exploding"]);
  expect(loss(0, 19)).toEqual([]);
  expect(loss(0, 19, [key])).toEqual(["loss_exploding"]);
  expect(loss(0, 20, [key])).toEqual([]);
});

describe("GPUs", () => {
  const hotKey = keyOf({ kind: "gpu_hot", subject: "GPU-a" });
  const see = (over: Partial<GpuObservation>, present: string[] = []) =>
    kinds({ gpus: [{ ...gpu, ...over }] }, present);

  test("hot for a minute begins it, cool for a minute ends it", () => {
    expect(see({ hotMs: MINUTE_MS - 1, coolMs: 0 })).toEqual([]);
    expect(see({ hotMs: MINUTE_MS, coolMs: 0 })).toEqual(["gpu_hot"]);
    expect(see({ hotMs: 0, coolMs: MINUTE_MS - 1 }, [hotKey])).toEqual(["gpu_hot"]);
    expect(see({ hotMs: 0, coolMs: MINUTE_MS }, [hotKey])).toEqual([]);
    expect(see({ hotMs: MINUTE_MS, coolMs: 0 }, ["gpu_hot GPU-b"])).toEqual(["gpu_hot"]);
  });

  test("heat and the throttling by it are one thing; the power supply's is another", () => {
    const throttled = { throttledMs: MINUTE_MS, unthrottledMs: 0 };
    const hot = { hotMs: MINUTE_MS, coolMs: 0 };
    expect(see({ ...throttled, throttledBy: ["software_thermal"] })).toEqual(["gpu_throttled"]);
    expect(see({ ...throttled, ...hot, throttledBy: ["software_thermal"] })).toEqual(["gpu_hot"]);
    expect(see({ ...throttled, ...hot, throttledBy: ["power_brake"] })).toEqual([
      "gpu_hot",
      "gpu_throttled",
    ]);
  });

  test("a fault of the kernel's log comes with its own advice, and first of all", () => {
    const found = assess({ ...well, gpus: [gpu], faults: [fault], silentMs: MINUTE_MS }, new Set());
    expect(found[0]).toEqual({
      kind: "gpu_fault",
      subject: "GPU-a xid 79",
      message: "GPU 0 (NVIDIA L4): The GPU has fallen off the bus (Xid 79).",
      advice: "Restart the computer.",
    });
    expect(found[1]?.kind).toBe("vanished");
    expect(see({ isLost: true })).toEqual(["gpu_fault"]);
  });
});

test("whatever is seen: no key twice, words for everything, and the same again", () => {
  const ms = fc.nat(3 * 60 * MINUTE_MS);
  const observation = fc.record({
    phase: fc.constantFrom("training", "evaluating", "saving", "loading_model") as fc.Arbitrary<
      RunObservation["phase"]
    >,
    quietMs: ms,
    stepMs: fc.option(fc.nat(1e6)),
    silentMs: fc.option(ms),
    disk: fc.option(
      fc.record({ freeBytes: fc.nat(), checkpointBytes: fc.nat(), path: fc.string() }),
    ),
    loss: fc.option(
      fc.record({
        last: fc.double(),
        usual: fc.double(),
        highSteps: fc.nat(40),
        calmSteps: fc.nat(40),
      }),
    ),
    gpus: fc.uniqueArray(
      fc.record({
        uuid: fc.constantFrom("a", "b"),
        label: fc.constant("GPU"),
        isLost: fc.boolean(),
        temperatureC: fc.option(fc.nat(110)),
        hotMs: ms,
        coolMs: ms,
        throttledMs: ms,
        unthrottledMs: ms,
        throttledBy: fc.subarray(["power_brake", "hardware_thermal"] as const),
      }),
      { selector: ({ uuid }) => uuid },
    ),
    faults: fc.constantFrom([], [fault], [fault]),
  });
  fc.assert(
    fc.property(observation, (seen) => {
      const found = assess(seen, new Set());
      expect(new Set(found.map(keyOf)).size).toBe(found.length);
      for (const { message, advice } of found) expect(message && advice).not.toMatch(/undefined/);
      // What was found stays found while nothing changes.
      const again = assess(seen, new Set(found.map(keyOf)));
      expect(again.map(keyOf)).toEqual(expect.arrayContaining(found.map(keyOf)));
    }),
  );
});
