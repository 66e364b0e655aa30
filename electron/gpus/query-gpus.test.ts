import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gpuSchema } from "../../shared/contract/gpus.ts";
import { parseGpuQuery } from "./query-gpus.ts";

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom("[N/A]", "[Not Supported]", "0", "-1", "12.5", "NaN", "1e9", "Enabled", ""),
  fc.integer().map(String),
);

test("whatever is printed, what comes out satisfies the contract", () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 14 }), { maxLength: 5 }), (rows) => {
      const parsed = parseGpuQuery(rows.map((row) => row.join(", ")).join("\n"));
      for (const gpu of parsed?.gpus ?? []) expect(gpuSchema.safeParse(gpu).success).toBe(true);
    }),
  );
});

test("figures survive the way through", () => {
  const figures = fc.record({
    index: fc.nat(15),
    total: fc.nat(200_000),
    utilization: fc.nat(100),
    power: fc.nat(1000).map((tenth) => tenth / 10),
  });
  fc.assert(
    fc.property(figures, ({ index, total, utilization, power }) => {
      const line = `${index}, GPU-aa-bb, 00000000:01:00.0, NVIDIA L4, 550.54, ${total}, 0, ${utilization}, 30, ${power}, [N/A], Disabled`;
      expect(parseGpuQuery(line)).toEqual({
        driverVersion: "550.54",
        gpus: [
          {
            index,
            uuid: "GPU-aa-bb",
            name: "NVIDIA L4",
            memoryTotalMb: total,
            memoryUsedMb: 0,
            utilizationPercent: utilization,
            temperatureC: 30,
            powerW: power,
            powerLimitW: null,
            isMigEnabled: false,
          },
        ],
      });
    }),
  );
});

test("messages between the lines are no GPUs", () => {
  expect(parseGpuQuery("No devices were found\n")).toBeNull();
  const mixed =
    "Unable to determine the device handle for GPU 0000:3B:00.0: Unknown Error\r\n" +
    "1, GPU-aa, 00000000:5E:00.0, NVIDIA L4, 550.54, 23034, 1, 0, 30, 12.1, 72.00, Disabled\r\n";
  expect(parseGpuQuery(mixed)?.gpus.map(({ index }) => index)).toEqual([1]);
});
