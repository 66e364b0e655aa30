import fc from "fast-check";
import { expect, test } from "vitest";
import type { InspectedRow, RowToken } from "../../shared/contract/tokens.ts";
import { leftOutLine, markTokens, PLAIN_MARKS, TERMINAL_MARKS } from "./token-text.ts";

function row(text: string, tokens: Partial<RowToken>[]): InspectedRow {
  const whole = tokens.map((token) => ({
    id: 0,
    start: 0,
    end: 0,
    isLabel: false,
    sequence: 0,
    ...token,
  }));
  const counts = { tokenCount: whole.length, labelCount: 0 };
  return { row: 0, outcome: "kept", reason: null, text, tokens: whole, ...counts };
}

test("neighbouring tokens of a kind share one pair of brackets", () => {
  const shown = markTokens(
    row("user: 2+2? 4.!more", [
      { start: 0, end: 10 },
      { start: 10, end: 12, isLabel: true },
      { start: 12, end: 14, isLabel: true },
      { start: 14, end: 18, isLabel: true, sequence: null },
    ]),
    PLAIN_MARKS,
  );
  expect(shown).toBe("user: 2+2?⟦ 4.!⟧⟪more⟫");
});

test("where a row is cut into sequences is shown", () => {
  const tokens = [
    { start: 0, end: 1, isLabel: true },
    { start: 1, end: 2, isLabel: true, sequence: 1 },
  ];
  expect(markTokens(row("ab", tokens), PLAIN_MARKS)).toBe("⟦a⟧┊⟦b⟧");
});

test("tokens of the parts of one character show it once; text between tokens stays", () => {
  const tokens = [
    { start: 0, end: 2, isLabel: true },
    { start: 0, end: 2, isLabel: true },
    { start: 3, end: 4 },
  ];
  expect(markTokens(row("😀 b c", tokens), PLAIN_MARKS)).toBe("⟦😀⟧ b c");
});

test("text that would command the terminal is shown instead", () => {
  const shown = markTokens(row("\u001B[2Ja\u009B\nb", [{ start: 0, end: 7 }]), TERMINAL_MARKS);
  expect(shown).toBe("␛[2Ja\u{fffd}\nb");
});

test("whatever the tokens, the text is all there and in order", () => {
  const token = fc.record({
    start: fc.nat(30),
    end: fc.nat(30),
    isLabel: fc.boolean(),
    sequence: fc.constantFrom(0, 1, null),
  });
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z ]{0,25}$/),
      fc.array(token, { maxLength: 12 }),
      (text, unsorted) => {
        const tokens = unsorted.toSorted((a, b) => a.start - b.start);
        const shown = markTokens(row(text, tokens), PLAIN_MARKS);
        expect(shown.replaceAll(/[⟦⟧⟪⟫┊]/g, "")).toBe(text);
      },
    ),
  );
});

test("parts of a split row are left out for what is in them, not cut off at its end", () => {
  expect(leftOutLine("truncate", "so", 64)).toBe("Cut off      so, beyond 64 tokens");
  expect(leftOutLine("split", "so", 64)).toBe("Left out     so (nothing to learn)");
});
