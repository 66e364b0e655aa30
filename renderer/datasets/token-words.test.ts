import { describe, expect, it } from "vitest";
import type { InspectedRow } from "../../shared/contract/tokens.ts";
import { countTokens, countWords, leftOutWords } from "./token-words.ts";

function row(read: number, cut: number, learnt: number): InspectedRow {
  const token = { id: 1, start: 0, end: 1, isLabel: false };
  return {
    tokens: [
      ...Array.from({ length: read }, () => ({ ...token, sequence: 0 })),
      ...Array.from({ length: cut }, () => ({ ...token, sequence: null })),
    ],
    tokenCount: read + cut,
    labelCount: learnt,
  } as unknown as InspectedRow;
}

describe("counts of tokens", () => {
  it("are all of a row that is kept whole", () => {
    expect(countWords(countTokens([row(312, 0, 88)]))).toBe("312 tokens, 88 learnt (28\u202f%)");
  });

  it("tell what is read of a row that is cut, and share only that", () => {
    const counts = countTokens([row(200, 1324, 150), row(56, 0, 42)]);
    expect(counts).toEqual({ all: 1580, read: 256, learnt: 192 });
    expect(countWords(counts)).toBe("256 of 1,580 tokens, 192 learnt (75\u202f%)");
  });

  it("have no share where nothing is read", () => {
    expect(countWords(countTokens([row(0, 9, 0)]))).toBe("0 of 9 tokens, 0 learnt");
  });
});

it("what is struck out is not called cut off where rows are split", () => {
  expect(leftOutWords("truncate")).toBe("cut off");
  expect(leftOutWords("split")).toBe("left out (nothing to learn)");
});
