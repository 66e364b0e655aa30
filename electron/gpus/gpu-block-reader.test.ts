import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openGpuBlockReader } from "./gpu-block-reader.ts";
import { EVERY_FIELD } from "./gpu-fields.ts";
import type { GpuQuery } from "./query-gpus.ts";
import { splitLines } from "./split-lines.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const line = (index: number, count: number | string, powerW = 60) =>
  `${index}, GPU-${index}, 00000000:0${index}:00.0, NVIDIA L4, 550.54, 23034, 1, 0, 30, ${powerW}, 72.00, ${count}, 210, 6251, 0x0000000000000001, Disabled`;

function reader() {
  const blocks: GpuQuery[] = [];
  const opened = openGpuBlockReader(EVERY_FIELD, (block) => blocks.push(block));
  return { take: (text: string) => opened.line(text), blocks };
}

const indices = (blocks: readonly GpuQuery[]) =>
  blocks.map(({ gpus }) => gpus.map(({ index }) => index));

test("a turn is over with the last GPU that the driver counts, without waiting", () => {
  const { take, blocks } = reader();
  take(line(0, 2));
  expect(blocks).toEqual([]);
  take(line(1, 2));
  take(line(0, 2));
  expect(indices(blocks)).toEqual([[0, 1]]);
});

test("a turn without a count is over with the first line of the next one", () => {
  const { take, blocks } = reader();
  for (const index of [0, 1, 0]) take(line(index, "[N/A]"));
  expect(indices(blocks)).toEqual([[0, 1]]);
});

test("a turn in which a GPU is missing is over when nothing follows, with what was said of it", () => {
  const { take, blocks } = reader();
  take("Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.");
  take(line(0, 2));
  vi.advanceTimersByTime(1000);
  expect(blocks).toMatchObject([{ count: 2, gpus: [{ index: 0 }] }]);
  expect(blocks[0]?.remarks).toEqual([expect.stringContaining("is lost")]);
});

test("messages alone are no turn", () => {
  const { take, blocks } = reader();
  take("No devices were found");
  vi.advanceTimersByTime(60_000);
  expect(blocks).toEqual([]);
});

/** Lines that a driver or a loader may print in between. */
const noise = fc.constantFrom(
  "",
  "\r",
  "WARNING: infoROM is corrupted at gpu 0000:3B:00.0",
  "0, GPU-0, 00000000:00:00.0, NVIDIA L4, 550.54, 230",
  "[GPU requires reset]",
);

test("however the output is cut into pieces and whatever stands between, each turn comes whole", () => {
  const turn = fc.record({ powerW: fc.nat(700), before: noise, between: noise });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), fc.array(fc.nat(400)), (turns, cuts) => {
      const text = turns
        .map(({ powerW, before, between }) =>
          [before, line(0, 2, powerW), between, line(1, 2, powerW), ""].join("\n"),
        )
        .join("");
      const { take, blocks } = reader();
      const stream = new PassThrough();
      splitLines(stream, take);
      // What the process was writing when it was ended.
      const written = `${text}0, GPU-0, 00000000:00:00.0, NVIDIA L4, 550.54, 23034, 1, 0, 30, 1, 72.00, 2, 210, 6251, 0x0000000000000001, Dis`;
      let from = 0;
      for (const cut of [...cuts, written.length]) {
        stream.emit("data", Buffer.from(written.slice(from, from + cut)));
        from += cut;
      }
      expect(blocks.map(({ gpus }) => gpus.map(({ powerW }) => powerW))).toEqual(
        turns.map(({ powerW }) => [powerW, powerW]),
      );
    }),
  );
});

test("a line without an end does not fill the memory, and costs only itself", () => {
  const { take, blocks } = reader();
  const stream = new PassThrough();
  splitLines(stream, take);
  for (let piece = 0; piece < 10; piece += 1) stream.emit("data", Buffer.alloc(10_000, "x"));
  stream.emit("data", Buffer.from(`\n${line(0, 1)}\n`));
  expect(indices(blocks)).toEqual([[0]]);
});
