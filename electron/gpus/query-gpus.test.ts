import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gpuSchema } from "../../shared/contract/gpus.ts";
import { EVERY_FIELD } from "./gpu-fields.ts";
import type { NvidiaSmiAnswer } from "./nvidia-smi.ts";
import { createGpuQuestion, parseGpuQuery } from "./query-gpus.ts";

const cell = fc.oneof(
  fc.string(),
  fc.constantFrom("[N/A]", "[Not Supported]", "[GPU is lost]", "0", "-1", "12.5", "NaN", "1e9", ""),
  fc.constantFrom("Enabled", "0x0000000000000048", "00000000:3B:00.0", "GPU-aa-bb"),
  fc.integer().map(String),
);

test("whatever is printed, what comes out satisfies the contract", () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { maxLength: 18 }), { maxLength: 5 }), (rows) => {
      const text = rows.map((row) => row.join(", ")).join("\n");
      for (const gpu of parseGpuQuery(text, EVERY_FIELD)?.gpus ?? []) {
        expect(gpuSchema.safeParse(gpu).success).toBe(true);
      }
    }),
  );
});

test("figures survive the way through", () => {
  const figures = fc.record({
    index: fc.nat(15),
    total: fc.nat(200_000),
    utilization: fc.nat(100),
    power: fc.nat(1000).map((tenth) => tenth / 10),
    smClock: fc.nat(3000),
  });
  fc.assert(
    fc.property(figures, ({ index, total, utilization, power, smClock }) => {
      const line = `${index}, GPU-aa-bb, 00000000:01:00.0, NVIDIA L4, 550.54, ${total}, 0, ${utilization}, 30, ${power}, [N/A], 16, ${smClock}, 6251, 0x0000000000000004, Disabled`;
      expect(parseGpuQuery(line, EVERY_FIELD)).toEqual({
        driverVersion: "550.54",
        count: 16,
        remarks: [],
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
            pciAddress: "0000:01:00",
            smClockMhz: smClock,
            memoryClockMhz: 6251,
            throttling: ["power_cap"],
            isLost: false,
          },
        ],
      });
    }),
  );
});

const fields = EVERY_FIELD.slice(0, 11);

test("messages between the lines are no GPUs", () => {
  expect(parseGpuQuery("No devices were found\n", fields)).toBeNull();
  const message = "Unable to determine the device handle for GPU 0000:3B:00.0: Unknown Error";
  const mixed = `${message}\r\n1, GPU-aa, 00000000:5E:00.0, NVIDIA L4, 550.54, 23034, 1, 0, 30, 12.1, 72.00\r\n`;
  const query = parseGpuQuery(mixed, fields);
  expect(query?.gpus.map(({ index }) => index)).toEqual([1]);
  expect(query?.remarks).toEqual([message]);
});

test("a GPU whose figures say that it is lost is lost", () => {
  const lost = Array.from({ length: 6 }, () => "[GPU is lost]").join(", ");
  const query = parseGpuQuery(`0, GPU-aa, 00000000:5E:00.0, NVIDIA L4, 550.54, ${lost}`, fields);
  expect(query?.gpus).toMatchObject([{ uuid: "GPU-aa", isLost: true, powerW: null }]);
});

test("a field that the driver refuses is asked by its older name, then left out", async () => {
  const asked: string[] = [];
  const refused = ["clocks_event_reasons.active", "clocks_throttle_reasons.active", "count"];
  const question = createGpuQuestion(async ([query = ""]): Promise<NvidiaSmiAnswer> => {
    const names = query.replace("--query-gpu=", "").split(",");
    asked.push(names.slice(11).join(" "));
    const unknown = names.find((name) => refused.includes(name));
    if (unknown === undefined) return { kind: "answered", text: names.map(() => "1").join(", ") };
    const text = `Field "${unknown}" is not a valid field to query.`;
    return { kind: "failed", exitCode: 2, text };
  });
  expect((await question.ask()).kind).toBe("answered");
  expect(asked).toEqual([
    "count clocks.sm clocks.mem clocks_event_reasons.active mig.mode.current",
    "clocks.sm clocks.mem clocks_event_reasons.active mig.mode.current",
    "clocks.sm clocks.mem clocks_throttle_reasons.active mig.mode.current",
    "clocks.sm clocks.mem mig.mode.current",
  ]);
  await question.ask();
  expect(asked).toHaveLength(5);
});

test("a driver that refuses without saying what is asked for what every driver knows, then left", async () => {
  const asked: number[] = [];
  const question = createGpuQuestion(async ([query = ""]): Promise<NvidiaSmiAnswer> => {
    asked.push(query.split(",").length);
    return { kind: "failed", exitCode: 2, text: "Invalid combination of input arguments." };
  });
  expect(await question.ask()).toMatchObject({ kind: "failed", exitCode: 2 });
  expect(asked).toEqual([16, 11]);
});
