import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { pair, previewOf, TestFiles } from "./fixtures/test-files.ts";

const files = new TestFiles();
afterAll(() => files.close());

const hundredRows = Array.from({ length: 100 }, (_, row) => pair(`Is it ${row}?`));

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
    const imported = files.import("rows.jsonl", content);
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
    const imported = files.import("rows.json", content);
    expect(imported.fileType).toBe("json");
    expect(imported.statistics).toMatchObject({ rows: 95, rejected: 4 });
  });
});

describe("the shape of a file", () => {
  const lines = hundredRows;
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
    const imported = files.import(fileName, content);
    expect(imported.fileType).toBe(fileType);
    expect(imported.statistics).toMatchObject({ rows: 100, rejected: 0 });
    const { rows } = await previewOf(imported);
    expect(rows.map(({ turns }) => turns[0]?.text)).toEqual(
      Array.from({ length: 100 }, (_, row) => `Is it ${row}?`),
    );
  });

  test("lines of which the first is an array stay lines", () => {
    const imported = files.import("a.json", `[1, 2]\n${pair("a")}\n`);
    expect(imported).toMatchObject({ fileType: "jsonl", statistics: { rows: 1, rejected: 1 } });
  });

  test("blocks of text", async () => {
    const imported = files.import("a.txt", "\ufeffOne\r\ntwo\r\n\r\n\r\nthree\n");
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
    const imported = files.import(
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
  const { statistics } = files.import("a.jsonl", rows.join("\n"));
  expect(statistics).toMatchObject({ rows: 4, duplicates: 1, longestRowCharacters: 6 });
});

test("samples hold nothing that PostgreSQL cannot store; the rows keep it", async () => {
  const imported = files.import("a.jsonl", String.raw`{"text":"a\u0000b"}`);
  expect(imported.samples).toEqual([[{ role: "text", text: "a\ufffdb" }]]);
  expect((await previewOf(imported)).rows[0]?.turns[0]?.text).toBe("a\0b");
});

test("a row that is nested too deeply says so", () => {
  const deep = `{"text":"a","x":${"[".repeat(200)}${"]".repeat(200)}}`;
  const imported = files.import("a.jsonl", `{"text":"a"}\n${deep}\n`);
  expect(imported.statistics).toMatchObject({ rows: 1, rejected: 1 });
  expect(imported.rejections).toMatchObject([
    { line: 2, message: expect.stringContaining("more than 200 levels deep") as string },
  ]);
});

test("a row that is too large costs only itself", () => {
  const content = [pair("a"), pair("b".repeat(3_000_000)), pair("c")].join("\n");
  const imported = files.import("a.jsonl", content, { maxRowBytes: 1000 });
  expect(imported.statistics).toMatchObject({ rows: 2, rejected: 1 });
  expect(imported.rejections).toMatchObject([{ line: 2, reason: "row_too_large" }]);
  expect(imported.rejections[0]?.excerpt).toMatch(/^\{"question":"b+…$/);
});
