import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FileType, splitterFor } from "./file-type.ts";

interface SplitRow {
  offset: number;
  length: number;
  line: number;
  text: string;
  isTooLarge: boolean;
}

function split(fileType: FileType, chunks: readonly Buffer[], maxRowBytes = 1000): SplitRow[] {
  const splitter = splitterFor(fileType, { startOffset: 0, maxRowBytes });
  const rows: SplitRow[] = [];
  const emit = ({ bytes, ...row }: Omit<SplitRow, "text"> & { bytes: Buffer }): number =>
    rows.push({ ...row, text: row.isTooLarge ? "" : bytes.toString("latin1") });
  for (const chunk of chunks) {
    // The importer reads every chunk into the same memory: what a splitter keeps must be its own.
    const reused = Buffer.from(chunk);
    splitter.push(reused, emit);
    reused.fill(0x21);
  }
  splitter.end(emit);
  return rows;
}

const texts = (fileType: FileType, content: string): string[] =>
  split(fileType, [Buffer.from(content, "latin1")]).map((row) => row.text);

/** Bytes of which structure is made, in any order, and where to cut them. */
const noise = fc
  .array(fc.constantFrom(...Array.from('[]{}",:\\ \t\r\n\fab1é')), { maxLength: 200 })
  .map((characters) => Buffer.from(characters.join(""), "latin1"));
const cuts = fc.array(fc.nat(200), { maxLength: 20 });

function cutUp(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.filter((at) => at < bytes.length), bytes.length];
  sorted.sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe.each(["jsonl", "json", "txt"] as const)("any bytes as %s", (fileType) => {
  const content = noise.map((bytes) =>
    fileType === "json" ? Buffer.concat([Buffer.from("["), bytes]) : bytes,
  );

  test("give the same rows however they are cut into chunks", () => {
    fc.assert(
      fc.property(content, cuts, fc.constantFrom(3, 70, 1000), (bytes, places, maxRowBytes) => {
        const chunks = cutUp(bytes, places);
        expect(split(fileType, chunks, maxRowBytes)).toEqual(split(fileType, [bytes], maxRowBytes));
      }),
      { numRuns: 1000 },
    );
  });

  test("give rows that lie where they say, in order, on the line they say", () => {
    fc.assert(
      fc.property(content, (bytes) => {
        let end = 0;
        for (const { offset, length, line, text } of split(fileType, [bytes])) {
          // A rest behind the array is shown with the array's own bracket before it.
          if (fileType === "json" && text.startsWith("]")) break;
          expect(offset).toBeGreaterThanOrEqual(end);
          end = offset + length;
          const there = bytes.toString("latin1", offset, end);
          expect(text).toBe(fileType === "txt" ? there.replaceAll("\r\n", "\n") : there);
          expect(line).toBe(bytes.toString("latin1", 0, offset).split("\n").length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test("elements of an array are cut as JSON.parse sees them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.json({ maxDepth: 3 })),
      fc.array(fc.constantFrom(" ", "\n", "\r\n", ""), { minLength: 1 }),
      (elements, spaces) => {
        const spaced = elements.map((element, at) => `${spaces[at % spaces.length]}${element}`);
        const rows = split("json", [Buffer.from(`[${spaced.join(",")} ]`)], 1e6);
        const expected = elements.map((element) => element.trim());
        expect(rows.map((row) => Buffer.from(row.text, "latin1").toString())).toEqual(expected);
      },
    ),
  );
});

describe("lines", () => {
  test("end in LF or CRLF; blank ones are passed over", () => {
    expect(texts("jsonl", "a\r\n\r\n \t\f\nb\n\nc")).toEqual(["a", "b", "c"]);
  });
  test("are too large above the limit, not at it", () => {
    const content = Buffer.from(`${"a".repeat(10)}\r\n${"b".repeat(11)}\n${"c".repeat(5000)}\nd`);
    for (const chunks of [[content], cutUp(content, [5, 10, 11, 15, 24, 3000])]) {
      const rows = split("jsonl", chunks, 10);
      expect(rows.map((row) => row.isTooLarge)).toEqual([false, true, true, false]);
    }
  });
});

describe("arrays", () => {
  test.each([
    ["[]", []],
    ["[ ]\n", []],
    ["[{},{}]", ["{}", "{}"]],
    ["[{},]", ["{}", ""]],
    ["[{},,{}]", ["{}", "", "{}"]],
    ["[{}", ["{}", ""]],
    ["[{} ] more ", ["{}", "]more"]],
    ['["a,]\\"b", 1 ]', ['"a,]\\"b"', "1"]],
    ['[{"a":[1, 2},{}]', ['{"a":[1, 2}', "{}"]],
    ["[{]", ["{"]],
  ])("%s", (content, rows) => {
    expect(texts("json", content)).toEqual(rows);
  });
});

describe("blocks", () => {
  test("lie between blank lines, whatever the line ends", () => {
    expect(texts("txt", "\r\n a\r\n b \r\n \t\r\n\nc\n\n\nd")).toEqual([" a\n b ", "c", "d"]);
  });
  test("keep a return that is no line end", () => {
    expect(texts("txt", "a\rb\r\r\nc\r")).toEqual(["a\rb\r\nc"]);
  });
});
