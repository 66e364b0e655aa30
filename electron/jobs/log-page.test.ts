import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TemporaryFolder } from "./fixtures/temporary-folder.ts";
import { readLogPage } from "./log-page.ts";

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  path = join(folder.path, "log.txt");
});
afterEach(() => folder.remove());

const isWhole = (text: string) => !text.includes("\u{fffd}");

describe("readLogPage", () => {
  it("has an empty page where there is no log yet", async () => {
    expect(await readLogPage(path, 0)).toEqual({
      text: "",
      offset: 0,
      nextOffset: 0,
      sizeBytes: 0,
    });
  });

  it("gives the whole text when its pages are read one after another", async () => {
    const text = "Schritt – 步骤 🙂 step\n".repeat(30_000);
    writeFileSync(path, text);
    let read = "";
    let offset = 0;
    for (;;) {
      const page = await readLogPage(path, offset);
      expect(page.offset).toBe(offset);
      expect(page.nextOffset - page.offset).toBeLessThanOrEqual(256 * 1024);
      read += page.text;
      if (page.nextOffset === page.sizeBytes) break;
      offset = page.nextOffset;
    }
    expect(read).toBe(text);
  });

  it("begins and ends between characters wherever it is asked to begin", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary", maxLength: 60 }).filter(isWhole),
        fc.integer({ min: -80, max: 80 }),
        async (text, offset) => {
          const bytes = Buffer.from(text, "utf8");
          writeFileSync(path, bytes);
          const page = await readLogPage(path, offset);
          expect(isWhole(page.text)).toBe(isWhole(bytes.toString("utf8")));
          expect(bytes.subarray(page.offset).toString("utf8")).toBe(page.text);
          expect(page.nextOffset).toBe(bytes.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("leaves the half of a character that is still being written for the next page", async () => {
    const bytes = Buffer.from("ab🙂", "utf8");
    for (const half of [3, 4, 5]) {
      writeFileSync(path, bytes.subarray(0, half));
      expect(await readLogPage(path, 0)).toMatchObject({ text: "ab", nextOffset: 2 });
    }
    writeFileSync(path, bytes);
    expect((await readLogPage(path, 2)).text).toBe("🙂");
  });
});
