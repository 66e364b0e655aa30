import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRunEvents } from "./parse-run-events.ts";

const RUN = "7a0b64f6-6a58-4f0e-8a75-0a2b3a1f8d10";
const warning = {
  v: 1,
  seq: 1,
  ts: 1_790_000_000.25,
  run: RUN,
  attempt: 1,
  type: "warning",
  kind: "chatml",
  message: "No chat template",
};
const parse = (event: object) => parseRunEvents([JSON.stringify(event)], RUN);

describe("parseRunEvents", () => {
  it("takes what the contract describes", () => {
    expect(parse(warning)).toEqual({ events: [warning], problems: [] });
  });

  it("says what is wrong with a line and goes on", () => {
    const { events, problems } = parseRunEvents(
      [
        "\0\0\0",
        JSON.stringify({ ...warning, type: "confetti" }),
        JSON.stringify({ ...warning, run: "00000000-0000-4000-8000-000000000000" }),
        JSON.stringify({ ...warning, ts: 1e300 }),
        JSON.stringify({ ...warning, seq: 2 }),
      ],
      RUN,
    );
    expect(events.map(({ seq }) => seq)).toEqual([2]);
    expect(problems).toEqual([
      "it is not JSON: \u{fffd}\u{fffd}\u{fffd}",
      expect.stringContaining("confetti"),
      "it belongs to run 00000000-0000-4000-8000-000000000000",
      "its time is 1e+300",
    ]);
  });

  it("never throws, whatever the line", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (lines) => {
        const { events, problems } = parseRunEvents(lines, RUN);
        expect(events.length + problems.length).toBe(lines.length);
      }),
    );
  });
});
