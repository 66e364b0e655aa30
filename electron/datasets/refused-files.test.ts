import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { pair, TestFiles } from "./fixtures/test-files.ts";
import { importFile } from "./import-file.ts";
import { importLimits } from "./import-limits.ts";

const files = new TestFiles();
afterAll(() => files.close());

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
    [
      "bad.jsonl",
      '{"foo":1}\n[]\n[]',
      /None of the 3 rows.*most often: not an object\).*list of rejected rows/,
    ],
  ])("%s", (fileName, content, message) => {
    const refusal = files.importOrRefusal(fileName, content, { maxFileBytes: 1000 });
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ message: expect.stringMatching(message) as string });
  });

  test("too many rows", () => {
    const lines = Array.from({ length: 100 }, (_, row) => pair(`Is it ${row}?`)).join("\n");
    expect(() => files.import("a.jsonl", lines, { maxRows: 99 })).toThrow(/99 rows/);
    expect(files.import("a.jsonl", lines, { maxRows: 100 }).statistics.rows).toBe(100);
  });

  test("a folder", () => {
    const sourcePath = join(files.folder, "folder.jsonl");
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
