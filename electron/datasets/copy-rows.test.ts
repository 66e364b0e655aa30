import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestLibrary } from "./fixtures/test-library.ts";

let library: TestLibrary;
let folder = "";
beforeEach(() => {
  library = new TestLibrary();
  folder = mkdtempSync(join(tmpdir(), "lora-desk-rows-"));
});
afterEach(async () => {
  await library.close();
  rmSync(folder, { recursive: true, force: true });
});

async function copied(name: string, content: string, rows: number[]) {
  const { id } = await library.import(library.file(name, content));
  const { path, sha256 } = await library.library.copyRows(id, rows, folder);
  const bytes = readFileSync(path);
  expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  return { path, text: bytes.toString() };
}

test("rejected rows do not count, and the order is the one asked for", async () => {
  const content = '{"text":"a"}\nno row\n\n{"text":"b"}\r\n{"text":"c"}';
  const { path, text } = await copied("rows.jsonl", content, [2, 0, 1]);
  expect(path.endsWith(".jsonl")).toBe(true);
  expect(text).toBe('{"text":"c"}\n{"text":"a"}\n{"text":"b"}\n');
});

test("an element of an array gets a line of its own", async () => {
  const rows = [{ text: "one\nline" }, { text: "ü – 😀" }, { text: "last" }];
  const { text } = await copied("rows.json", JSON.stringify(rows, null, 2), [1, 0]);
  const lines = text.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([rows[1], rows[0]]);
});

test("blocks of text stay blocks", async () => {
  const { path, text } = await copied("rows.txt", "a\r\nb\r\n\r\nc\r\n\r\n\r\nd", [2, 0]);
  expect(path.endsWith(".txt")).toBe(true);
  expect(text.split(/\n\n/)).toEqual(["d", "a\r\nb", ""]);
});

test("rows that are not there, or too long to look at, are refused in words", async () => {
  const long = JSON.stringify({ text: "x".repeat(600_000) });
  const { id } = await library.import(library.file("long.jsonl", `${long}\n${long}\n`));
  const copy = (rows: number[]) => library.library.copyRows(id, rows, folder);
  await expect(copy([2])).rejects.toMatchObject({ kind: "not_found" });
  await expect(copy([0, 1])).rejects.toThrow("more than 1 MB. Ask for fewer rows");
  expect((await copy([1])).path).toContain(folder);
});
