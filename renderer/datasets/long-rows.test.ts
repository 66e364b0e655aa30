import { expect, it } from "vitest";
import type { PreviewRow, Turn } from "../../shared/contract/datasets.ts";
import { isLongRow } from "./long-rows.ts";

function rowOf(...turns: readonly Turn[]): PreviewRow {
  return { index: 0, line: 1, turns: [...turns], isCut: false };
}

const short: Turn = { role: "user", text: "What is 12 × 12?" };

it("closes a row of many turns, of long text or of many lines", () => {
  expect(isLongRow(rowOf(short, { role: "assistant", text: "144" }))).toBe(false);
  expect(isLongRow(rowOf(...Array.from({ length: 7 }, () => short)))).toBe(true);
  expect(isLongRow(rowOf(short, { role: "assistant", text: "so on ".repeat(100) }))).toBe(true);
  expect(isLongRow(rowOf({ role: "text", text: "a\nb\nc\nd\ne" }))).toBe(false);
  expect(isLongRow(rowOf({ role: "text", text: "a\nb\nc\nd\ne\nf" }))).toBe(true);
});
