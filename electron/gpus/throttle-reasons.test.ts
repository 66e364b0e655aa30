import * as fc from "fast-check";
import { expect, test } from "vitest";
import { throttleReasonSchema } from "../../shared/contract/gpus.ts";
import { decodeThrottleReasons } from "./throttle-reasons.ts";

test.each([
  ["nothing", "0x0000000000000000", []],
  ["idle", "0x0000000000000001", []],
  ["clocks that the user has set", "0x0000000000000002", []],
  ["the power cap", "0x0000000000000004", ["power_cap"]],
  ["idle with a power cap", "0x0000000000000005", ["power_cap"]],
  ["a hardware slowdown of unknown cause", "0x0000000000000008", ["hardware_slowdown"]],
  ["heat, which slows the hardware", "0x0000000000000048", ["hardware_thermal"]],
  ["the power supply's brake", "0x0000000000000088", ["power_brake"]],
  ["software heat limit and sync boost", "0x0000000000000030", ["sync_boost", "software_thermal"]],
  ["bits that are not known yet", "0xFFFFFFFFFFFF0000", []],
])("%s", (_, cell, reasons) => {
  expect(decodeThrottleReasons(cell)).toEqual(reasons);
});

test("what is no mask is not known", () => {
  for (const cell of [undefined, "[N/A]", "Not Active", "4", "0x", "0xg"]) {
    expect(decodeThrottleReasons(cell)).toBeNull();
  }
});

test("every mask is decoded to words of the contract", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (mask) => {
      const reasons = decodeThrottleReasons(`0x${mask.toString(16).padStart(16, "0")}`);
      expect(throttleReasonSchema.array().safeParse(reasons).success).toBe(true);
    }),
  );
});
