import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runEventSchema } from "../../shared/contract/run-folder.ts";
import { isPlainStepEvent } from "./metrics-step-event.ts";

const RUN = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";
const PLAIN: Record<string, unknown> = {
  v: 1,
  seq: 7,
  ts: 1_790_000_000.25,
  run: RUN,
  attempt: 1,
  type: "step",
  step: 7,
  epoch: 0.25,
  loss: 1.5,
  learning_rate: 1e-4,
  grad_norm: 0.5,
  tokens: 4096,
  tokens_per_second: 640.5,
  step_ms: 20.25,
  memory_mb: 512.5,
};

/** What a field may be instead, in a file that somebody else wrote or damaged. */
const odd = fc.constantFrom<unknown>(
  undefined,
  null,
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 53,
  Number.MAX_SAFE_INTEGER,
  Infinity,
  -Infinity,
  Number.NaN,
  1e300,
  "",
  "1",
  "step",
  RUN.toUpperCase(),
  true,
  [],
  {},
);
const fields = Object.keys(PLAIN);
const damaged = fc
  .array(fc.tuple(fc.constantFrom(...fields, "more", "__proto__"), odd), { maxLength: 3 })
  .map((changes) => {
    const event = { ...PLAIN };
    for (const [field, value] of changes) {
      if (value === undefined) delete event[field];
      else Object.defineProperty(event, field, { value, enumerable: true, configurable: true });
    }
    return event;
  });

describe("isPlainStepEvent", () => {
  it("knows the trainer's step, also one whose figures are not finite", () => {
    expect(isPlainStepEvent(PLAIN, RUN)).toBe(true);
    expect(isPlainStepEvent({ ...PLAIN, loss: null, grad_norm: null }, RUN)).toBe(true);
  });

  it("never says yes to what the schema refuses or would change", () => {
    fc.assert(
      fc.property(damaged, (event) => {
        const verdict = runEventSchema.safeParse(event);
        const isSame = verdict.success && isDeepStrictEqual(verdict.data, event);
        // It may be careful, but not without a reason.
        const isUnusual = event["run"] !== RUN || Object.keys(event).length > fields.length;
        const isPlain = isPlainStepEvent(event, RUN);
        expect([isPlain, event]).toEqual([isSame && !isUnusual, event]);
      }),
      { numRuns: 2000 },
    );
  });

  it("leaves everything else to the schema", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isPlainStepEvent(value, RUN)).toBe(false);
      }),
    );
    expect(isPlainStepEvent(PLAIN, "00000000-0000-4000-8000-000000000000")).toBe(false);
  });
});
