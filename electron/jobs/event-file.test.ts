import { appendFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readWholeLines } from "./event-file.ts";
import { TemporaryFolder } from "./fixtures/temporary-folder.ts";

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  path = join(folder.path, "events.jsonl");
});
afterEach(() => folder.remove());

async function readAll(from: number, chunkBytes: number) {
  const lines: string[] = [];
  let offset = from;
  for (let hasMore = true; hasMore;) {
    const found = await readWholeLines(path, offset, chunkBytes);
    lines.push(...found.lines);
    offset = found.nextOffset;
    hasMore = found.hasMore;
  }
  return { lines, offset };
}

describe("readWholeLines", () => {
  it("waits for a file that is not there yet", async () => {
    expect(await readWholeLines(path, 0, 100)).toMatchObject({ lines: [], wasCut: false });
  });

  it("gives each line once, however the file grows and whatever the chunk", async () => {
    const pieces = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 40 }), async (parts, chunkBytes) => {
        const text = parts.map((part) => part.replaceAll("\n", " ")).join("\n");
        const bytes = Buffer.from(text);
        writeFileSync(path, "");
        const lines: string[] = [];
        let offset = 0;
        for (let start = 0; start < bytes.length; start += 7) {
          appendFileSync(path, bytes.subarray(start, start + 7));
          const found = await readAll(offset, chunkBytes);
          lines.push(...found.lines);
          offset = found.offset;
        }
        expect(lines).toEqual(text.split("\n").slice(0, -1));
        expect(offset).toBe(bytes.lastIndexOf("\n") + 1);
      }),
      { numRuns: 100 },
    );
  });

  it("notices that the end of the file was lost, and goes on behind the last whole line", async () => {
    writeFileSync(path, "one\ntwo\nthr");
    expect(await readWholeLines(path, 50, 100)).toEqual({
      lines: [],
      nextOffset: 8,
      hasMore: false,
      wasCut: true,
    });
    unlinkSync(path);
    expect(await readWholeLines(path, 50, 100)).toMatchObject({ nextOffset: 0, wasCut: true });
  });
});
