import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { bar, compact, duration, StatusLine, table } from "./terminal.ts";

test("durations and figures are rounded to what matters", () => {
  expect([0, 59.6, 61, 3600, 11_520].map(duration)).toEqual([
    "0 s",
    "1 min 0 s",
    "1 min 1 s",
    "1 h 0 min",
    "3 h 12 min",
  ]);
  expect([12, 999, 12_400, 1_500_000].map(compact)).toEqual(["12", "999", "12.4k", "1.5M"]);
});

test("the bar stays within its width", () => {
  for (const share of [-1, 0, 0.5, 1, 7]) expect(bar(share, 10)).toHaveLength(10);
  expect(bar(0.5, 4)).toBe("██░░");
});

test("columns align and the last is ragged", () => {
  const rows = [
    ["wide", "x"],
    ["y", "z"],
  ];
  expect(table(["A", "LONG"], rows)).toBe("A     LONG\nwide  x\ny     z");
});

test("without a terminal, milestones are printed and the rest only now and then", () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const line = new StatusLine(stream, 60_000);
  line.show("first");
  line.show("too soon");
  line.show("milestone", true);
  line.show("milestone", true);
  expect((stream as unknown as PassThrough).read()?.toString()).toBe("first\nmilestone\n");
});
