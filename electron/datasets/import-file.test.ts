import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Rejection } from "../../shared/contract/datasets.ts";
import { type ImportedFile, importFile, type ImportTask } from "./import-file.ts";
import { importLimits } from "./import-limits.ts";
import { previewRows } from "./preview-rows.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lora-desk-import-file-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Imported extends ImportedFile {
  rejections: Rejection[];
  task: ImportTask;
}

let count = 0;
function runImport(
  fileName: string,
  content: string | Buffer,
  limits: Partial<ImportTask["limits"]> = {},
): Imported {
  const sourcePath = join(folder, `${++count}-${fileName}`);
  writeFileSync(sourcePath, content);
  const task = {
    sourcePath,
    fileName,
    dataPath: `${sourcePath}.data`,
    indexPath: `${sourcePath}.rows`,
    limits: { ...importLimits, ...limits },
  };
  const rejections: Rejection[] = [];
  const file = importFile(task, {
    progress: () => undefined,
    reject: (rejection) => rejections.push(rejection),
  });
  return { ...file, rejections, task };
}

function refusal(...args: Parameters<typeof runImport>): AppError {
  try {
    runImport(...args);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("The file was not refused.");
}

/** Undefined when the file as a whole is refused; any other error is a bug. */
function importedOrRefused(fileName: string, content: Buffer): Imported | undefined {
  try {
    return runImport(fileName, content);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function previewOf({ task, format, fileType }: Imported) {
  const paths = { dataPath: task.dataPath, indexPath: task.indexPath };
  return previewRows({ name: "x", format, fileType, paths }, 0, 200);
}

const pair = (question: string, answer: unknown = "yes"): string =>
  JSON.stringify({ question, answer });
const hundredRows = Array.from({ length: 100 }, (_, row) => Buffer.from(pair(`Is it ${row}?`)));

describe("five broken rows among a hundred", () => {
  const broken = new Map<number, Buffer>([
    [3, Buffer.from('{"messages": [{"role": "user"')],
    [
      20,
      Buffer.from('{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":""}]}'),
    ],
    [50, Buffer.from('{"messages":[{"role":"user","content":"a"},{"role":"bot","content":"b"}]}')],
    [51, Buffer.from('["not", "an object"]')],
    [99, Buffer.from('{"messages":[{"role":"user","content":"caf\xe9"}]}', "latin1")],
  ]);
  const rows = Array.from({ length: 100 }, (_, row) => {
    const good = {
      messages: [
        { role: "user", content: `${row}?` },
        { role: "assistant", content: "a" },
      ],
    };
    return broken.get(row) ?? Buffer.from(JSON.stringify(good));
  });
  const reasons = ["invalid_json", "empty_text", "unknown_role", "not_an_object", "invalid_utf8"];

  test("are reported by line and reason, and 95 are accepted", async () => {
    const content = Buffer.concat(rows.flatMap((row) => [row, Buffer.from("\n")]));
    const imported = runImport("rows.jsonl", content);
    expect(imported.statistics).toMatchObject({ rows: 95, rejected: 5, duplicates: 0, turns: 190 });
    expect(imported.format).toBe("messages");
    const found = imported.rejections.toSorted((a, b) => a.line - b.line);
    expect(found.map(({ line }) => line)).toEqual([4, 21, 51, 52, 100]);
    expect(found.map(({ reason }) => reason)).toEqual(reasons);
    expect(found[4]?.excerpt).toContain("caf\ufffd");
    expect(imported.sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(readFileSync(imported.task.dataPath)).toEqual(content);
    const { total, rows: shown } = await previewOf(imported);
    expect(total).toBe(95);
    expect(shown[3]).toMatchObject({ index: 3, line: 5 });
  });

  test("cost as little in an array, but for one that is cut off", () => {
    const separated = rows.flatMap((row, at) => (at === 3 ? [] : [row, Buffer.from(",\n")]));
    const content = Buffer.concat([Buffer.from("["), ...separated.slice(0, -1), Buffer.from("]")]);
    const imported = runImport("rows.json", content);
    expect(imported.fileType).toBe("json");
    expect(imported.statistics).toMatchObject({ rows: 95, rejected: 4 });
  });
});

describe("the shape of a file", () => {
  const lines = hundredRows.map(String);
  test.each([
    ["lines", "a.jsonl", lines.join("\n"), "jsonl"],
    [
      "lines with CRLF, a byte order mark and blank ones",
      "a.ndjson",
      `\ufeff${lines.join("\r\n\r\n")}`,
      "jsonl",
    ],
    ["an array", "a.json", `[${lines.join(",")}]`, "json"],
    ["an array over lines", "a.json", `\ufeff [\n${lines.join(",\n")}\n]\n`, "json"],
    ["an array that is called .jsonl", "a.jsonl", `[${lines.join(",")}]`, "json"],
    ["lines that are called .json", "a.JSON", lines.join("\n"), "jsonl"],
  ])("%s", async (_name, fileName, content, fileType) => {
    const imported = runImport(fileName, content);
    expect(imported.fileType).toBe(fileType);
    expect(imported.statistics).toMatchObject({ rows: 100, rejected: 0 });
    const { rows } = await previewOf(imported);
    expect(rows.map(({ turns }) => turns[0]?.text)).toEqual(
      Array.from({ length: 100 }, (_, row) => `Is it ${row}?`),
    );
  });

  test("lines of which the first is an array stay lines", () => {
    const imported = runImport("a.json", `[1, 2]\n${pair("a")}\n`);
    expect(imported).toMatchObject({ fileType: "jsonl", statistics: { rows: 1, rejected: 1 } });
  });

  test("blocks of text", async () => {
    const imported = runImport("a.txt", "\ufeffOne\r\ntwo\r\n\r\n\r\nthree\n");
    expect(imported).toMatchObject({ format: "text", statistics: { rows: 2, rejected: 0 } });
    const { rows } = await previewOf(imported);
    expect(rows).toMatchObject([
      { line: 1, turns: [{ role: "text", text: "One\ntwo" }] },
      { line: 5, turns: [{ role: "text", text: "three" }] },
    ]);
  });
});

describe("the format of a file", () => {
  test("is what most of the first rows speak for; the others are rejected", () => {
    const imported = runImport(
      "a.jsonl",
      ['{"text":"a"}', pair("b"), "{}", pair("c"), '{"prompt":"d","completion":"e"}'].join("\n"),
    );
    expect(imported.format).toBe("question_answer");
    expect(imported.rejections.map(({ line, reason }) => [line, reason])).toEqual([
      [3, "unknown_format"],
      [1, "missing_field"],
      [5, "missing_field"],
    ]);
  });
});

test("duplicates are counted with white space folded, and kept", () => {
  const rows = [pair("a  b", "c"), pair(" a b", "c\n"), pair("ab", "c"), pair("a", "b c")];
  const { statistics } = runImport("a.jsonl", rows.join("\n"));
  expect(statistics).toMatchObject({ rows: 4, duplicates: 1, longestRowCharacters: 6 });
});

test("a row that is too large costs only itself", () => {
  const content = [pair("a"), pair("b".repeat(3_000_000)), pair("c")].join("\n");
  const imported = runImport("a.jsonl", content, { maxRowBytes: 1000 });
  expect(imported.statistics).toMatchObject({ rows: 2, rejected: 1 });
  expect(imported.rejections).toMatchObject([{ line: 2, reason: "row_too_large" }]);
  expect(imported.rejections[0]?.excerpt).toMatch(/^\{"question":"b+…$/);
});

describe("a file that cannot be a dataset is refused with a remedy", () => {
  test.each([
    ["empty.jsonl", "", /no rows.*Choose a file/],
    ["white.txt", " \n\r\n", /no rows/],
    ["table.csv", "a,b\n1,2", /\.csv file.*Save it as \.jsonl/],
    ["plain", "a", /no extension/],
    ["rows.parquet", "PAR1...", /Parquet.*read_parquet/],
    ["rows.jsonl", Buffer.from("1f8b0800", "hex"), /gzip.*Unpack/],
    ["rows.json", "PK\u0003\u0004", /zip archive.*Unpack/],
    ["paper.txt", "%PDF-1.7", /PDF.*Export its text/],
    ["wide.txt", Buffer.from("\ufeffHello", "utf16le"), /UTF-16.*Save it as UTF-8/],
    ["wide.jsonl", Buffer.from('{"text":"Hello"}', "utf16le"), /UTF-16.*Save it as UTF-8/],
    ["binary.txt", Buffer.from("7f454c4602010100000102030000", "hex"), /binary/],
    ["large.jsonl", `${pair("a".repeat(2000))}\n`, /larger than 0 MiB.*Split/],
    ["one.json", '{\n"question": "a",\n"answer": "b"\n}', /several lines.*one array/],
    ["bad.jsonl", '{"foo":1}\n[]\n[]', /None of the 3 rows.*not_an_object.*list of rejected rows/],
  ])("%s", (fileName, content, message) => {
    expect(refusal(fileName, content, { maxFileBytes: 1000 }).message).toMatch(message);
  });

  test("too many rows", () => {
    expect(refusal("a.jsonl", hundredRows.join("\n"), { maxRows: 99 }).message).toMatch(/99 rows/);
  });

  test("a folder", () => {
    const sourcePath = join(folder, "folder.jsonl");
    mkdirSync(sourcePath);
    const task = {
      sourcePath,
      fileName: "folder.jsonl",
      dataPath: `${sourcePath}.data`,
      indexPath: `${sourcePath}.rows`,
    };
    const observer = { progress: () => undefined, reject: () => undefined };
    expect(() => importFile({ ...task, limits: importLimits }, observer)).toThrow(/a folder/);
    expect(existsSync(task.dataPath)).toBe(false);
  });
});

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
      const imported = importedOrRefused(`a.${ending}`, bytes);
      if (imported === undefined) return;
      const { rows, total } = await previewOf(imported);
      expect(total).toBe(imported.statistics.rows);
      expect(imported.rejections).toHaveLength(imported.statistics.rejected);
      const characters = rows.flatMap(({ turns }) => turns.map(({ text }) => text.length));
      expect(characters.reduce((a, b) => a + b, 0)).toBe(imported.statistics.characters);
      expect(rows.slice(0, 3).map(({ turns }) => turns)).toEqual(imported.samples);
    }),
    { numRuns: 150 },
  );
});
