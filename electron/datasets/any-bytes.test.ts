import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { previewOf, TestFiles } from "./fixtures/test-files.ts";

const files = new TestFiles();
afterAll(() => files.close());

test("whatever the bytes, what the index names is what was accepted", async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{"text":"a"}',
      '{"text":"b c"}',
      "{}",
      "\n",
      ",",
      "[",
      "]",
      '"',
      "\\",
      " ",
      "\r\n",
    ),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
    fc
      .string({ unit: "binary" })
      .map((text) => Buffer.from(JSON.stringify({ text })).toString("latin1")),
  );
  const content = fc
    .array(piece, { maxLength: 30 })
    .map((all) => Buffer.from(all.join(""), "latin1"));
  const extension = fc.constantFrom("jsonl", "json", "txt");
  await fc.assert(
    fc.asyncProperty(content, extension, async (bytes, ending) => {
      const imported = files.importOrRefusal(`a.${ending}`, bytes);
      if (imported instanceof AppError) return;
      const { rows, total } = await previewOf(imported);
      expect(total).toBe(imported.statistics.rows);
      expect(imported.rejections).toHaveLength(imported.statistics.rejected);
      const characters = rows.flatMap(({ turns }) => turns.map(({ text }) => text.length));
      expect(characters.reduce((a, b) => a + b, 0)).toBe(imported.statistics.characters);
      const samples = rows
        .slice(0, 3)
        .map(({ turns }) =>
          turns.map(({ role, text }) => ({ role, text: text.replaceAll("\0", "\ufffd") })),
        );
      expect(imported.samples).toEqual(samples);
    }),
    { numRuns: 150 },
  );
});
