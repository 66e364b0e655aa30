import { expect, test } from "vitest";
import { RateMeter } from "./rate-meter.ts";

test("the rate is that of the last five seconds, and nothing when nothing moves", () => {
  let now = 0;
  const meter = new RateMeter(() => now);
  expect(meter.bytesPerSecond()).toBe(0);
  for (let second = 1; second <= 10; second++) {
    now = second * 1000;
    meter.add(second <= 5 ? 100 : 1000);
  }
  now = 10_500;
  expect(meter.bytesPerSecond()).toBe(1000);
  now = 16_000;
  expect(meter.bytesPerSecond()).toBe(0);
});

test("soon after the beginning it does not count time that has not been", () => {
  let now = 0;
  const meter = new RateMeter(() => now);
  now = 500;
  meter.add(1000);
  expect(meter.bytesPerSecond()).toBe(2000);
});
