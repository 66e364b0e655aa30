import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InspectedRow, RowToken } from "../../shared/contract/tokens.ts";
import { tokenPieces } from "./token-pieces.ts";

type Made = Partial<RowToken> & { readonly start: number; readonly end: number };

function row(text: string, tokens: readonly Made[]): InspectedRow {
  return {
    row: 0,
    outcome: "kept",
    reason: null,
    text,
    tokens: tokens.map((token) => ({ id: 1, isLabel: false, sequence: 0, ...token })),
    tokenCount: tokens.length,
    labelCount: tokens.filter(({ isLabel }) => isLabel === true).length,
  };
}

describe("the runs of a row", () => {
  it("join neighbours of one kind, and tint every second token", () => {
    const { sequences, tints } = tokenPieces(
      row("Two and two? Four", [
        { start: 0, end: 3 },
        { start: 3, end: 7 },
        { start: 7, end: 12 },
        { start: 12, end: 17, isLabel: true },
      ]),
      100,
    );
    expect(sequences).toEqual([
      {
        number: 0,
        tokenCount: 4,
        runs: [
          { kind: "read", start: 0, end: 12 },
          { kind: "learnt", start: 12, end: 17 },
        ],
      },
    ]);
    expect(tints).toEqual([
      { start: 3, end: 7 },
      { start: 12, end: 17 },
    ]);
  });

  it("takes tokens that share a character for one place", () => {
    const { tints, sequences } = tokenPieces(
      row("🙂 ok", [
        { start: 0, end: 2 },
        { start: 0, end: 2 },
        { start: 2, end: 5 },
      ]),
      100,
    );
    expect(tints).toEqual([{ start: 2, end: 5 }]);
    expect(sequences[0]?.tokenCount).toBe(3);
  });

  it("keeps sequences apart, and what is cut off", () => {
    const { sequences } = tokenPieces(
      row("abcd", [
        { start: 0, end: 1 },
        { start: 1, end: 2, sequence: 1 },
        { start: 2, end: 4, sequence: null, isLabel: true },
      ]),
      100,
    );
    expect(sequences.map(({ number }) => number)).toEqual([0, 1, null]);
    expect(sequences[2]?.runs).toEqual([{ kind: "cut", start: 2, end: 4 }]);
  });

  it("shows no more than it is told to", () => {
    const tokens = Array.from({ length: 10 }, (_, at) => ({ start: at, end: at + 1 }));
    const { sequences } = tokenPieces(row("0123456789", tokens), 4);
    expect(sequences[0]).toMatchObject({ tokenCount: 4, runs: [{ start: 0, end: 4 }] });
    expect(tokenPieces(row("no tokens", []), 4).sequences).toEqual([]);
  });

  it("lose no character and count none twice, whatever the offsets", () => {
    const token = fc.record({
      start: fc.nat(12),
      length: fc.nat(4),
      isLabel: fc.boolean(),
      sequence: fc.option(fc.nat(2)),
    });
    fc.assert(
      fc.property(fc.array(token, { minLength: 1 }), (made) => {
        const tokens = made
          .map(({ start, length, ...rest }) => ({ ...rest, start, end: start + length }))
          .toSorted((a, b) => a.start - b.start);
        const text = "x".repeat(Math.max(...tokens.map(({ end }) => end)) + 1);
        const { sequences, tints } = tokenPieces(row(text, tokens), 100);
        const runs = sequences.flatMap((sequence) => sequence.runs);
        let cursor = 0;
        for (const { start, end } of runs) {
          expect(start).toBe(cursor);
          expect(end).toBeGreaterThanOrEqual(start);
          cursor = end;
        }
        expect(cursor).toBe(text.length);
        for (const [index, tint] of tints.entries()) {
          expect(tint.start).toBeGreaterThanOrEqual(tints[index - 1]?.end ?? 0);
        }
      }),
    );
  });
});
