import { expect, test } from "vitest";
import { tokensPerSecond } from "./step-rate.ts";

test("the first tenth of the steps does not count", () => {
  const steps = Array.from({ length: 20 }, (_, at) => ({ ts: 100 + at, tokens: 50 * (at + 1) }));
  const slowStart = steps.map((step, at) => (at < 1 ? { ...step, ts: step.ts - 60 } : step));
  expect(tokensPerSecond(slowStart)).toBe(50);
});

test("it is the mean over time, not over steps", () => {
  expect(
    tokensPerSecond([
      { ts: 0, tokens: 10 },
      { ts: 1, tokens: 110 },
      { ts: 5, tokens: 310 },
    ]),
  ).toBe(60);
});

test("one step has no rate", () => {
  expect(() => tokensPerSecond([{ ts: 1, tokens: 5 }])).toThrow("at least two");
});
