import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  datasetFormatSchema,
  rejectionReasonSchema,
  turnSchema,
} from "../../shared/contract/datasets.ts";
import { beyondTurns } from "./beyond-turns.ts";
import { LineSplitter } from "./line-splitter.ts";
import { RowFault } from "./row-fault.ts";
import { MAX_ROW_BYTES, parseRow, turnsOf } from "./row-rules.ts";
import { TextHashSet } from "./text-hash-set.ts";

/** One case of the file that holds the importer and the trainer to the same rules. */
const caseSchema = z.object({
  name: z.string(),
  format: datasetFormatSchema,
  raw: z.string().optional(),
  raw_base64: z.string().optional(),
  raw_parts: z.array(z.tuple([z.string(), z.int()])).optional(),
  accept: z.boolean(),
  reason: rejectionReasonSchema.optional(),
  turns: z.array(turnSchema).optional(),
});
type RowCase = z.infer<typeof caseSchema>;

const duplicateCaseSchema = z.object({
  name: z.string(),
  format: datasetFormatSchema,
  first: z.record(z.string(), z.unknown()),
  second: z.record(z.string(), z.unknown()),
  is_duplicate: z.boolean(),
});

function casesIn<T>(name: string, schema: z.ZodType<T>): T[] {
  return readFileSync(new URL(`../trainer/tests/${name}`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
}

const cases = casesIn("row-cases.jsonl", caseSchema);

function bytesOf(rowCase: RowCase): Buffer {
  if (rowCase.raw_base64 !== undefined) return Buffer.from(rowCase.raw_base64, "base64");
  if (rowCase.raw_parts === undefined) return Buffer.from(rowCase.raw ?? "", "utf8");
  return Buffer.from(rowCase.raw_parts.map(([text, count]) => text.repeat(count)).join(""));
}

function verdictOn(rowCase: RowCase): unknown {
  const splitter = new LineSplitter({ startOffset: 0, maxRowBytes: MAX_ROW_BYTES });
  const verdicts: unknown[] = [];
  const bytes = bytesOf(rowCase);
  splitter.push(Buffer.concat([bytes, Buffer.from("\n")]), (raw) => {
    const row = parseRow(raw, "jsonl");
    const turns = row instanceof RowFault ? row : turnsOf(row, rowCase.format);
    verdicts.push(turns instanceof RowFault ? turns.reason : turns);
  });
  expect(verdicts).toHaveLength(1);
  return verdicts[0];
}

describe("the rules shared with the trainer", () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(80));
  test.each(cases.map((rowCase) => [rowCase.name, rowCase] as const))("%s", (_name, rowCase) => {
    expect(verdictOn(rowCase)).toEqual(rowCase.accept ? rowCase.turns : rowCase.reason);
  });
  test("every reason has a case", () => {
    const reasons = new Set(cases.map(({ reason }) => reason));
    for (const reason of rejectionReasonSchema.options) expect(reasons).toContain(reason);
  });
});

describe("duplicates, as the trainer finds them", () => {
  const duplicateCases = casesIn("duplicate-cases.jsonl", duplicateCaseSchema);
  test.each(duplicateCases.map((each) => [each.name, each] as const))("%s", (_name, each) => {
    const seen = new TextHashSet();
    const [isNew, isNewToo] = [each.first, each.second].map((row) => {
      const turns = turnsOf(row, each.format);
      if (turns instanceof RowFault) throw new Error(turns.message);
      return seen.add(turns, beyondTurns(row, each.format));
    });
    expect(isNew).toBe(true);
    expect(isNewToo).toBe(!each.is_duplicate);
  });
});

describe("tool calls", () => {
  const row = (calls: string): string =>
    `{"messages":[{"role":"user","content":"a"},{"role":"assistant","tool_calls":[${calls}]}]}`;
  const turnsFrom = (text: string): unknown => {
    const bytes = Buffer.from(text);
    const place = { offset: 0, length: bytes.length, line: 1, isTooLarge: false };
    const parsed = parseRow({ ...place, bytes }, "jsonl");
    const turns = parsed instanceof RowFault ? parsed : turnsOf(parsed, "messages");
    return turns instanceof RowFault ? turns.reason : turns;
  };

  test("half a surrogate pair in them is found", () => {
    expect(turnsFrom(row('{"a":"\\ud800"}'))).toBe("invalid_utf8");
  });
  test("a text that only looks like an escape is not taken for one", () => {
    const escaped = String.raw`{"a":"\\ud800 \\\\ud800 \ud83d\ude42"}`;
    expect(turnsFrom(row(escaped))).toEqual([
      { role: "user", text: "a" },
      { role: "assistant", text: String.raw`[{"a":"\\ud800 \\\\ud800 🙂"}]` },
    ]);
  });
  test("nested beyond all measure they are a fault, not a crash", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(turnsFrom(row(deep))).toBe("invalid_json");
  });
});
