import type { InspectedRow, TokenInspection, TokenOutcome } from "../../shared/contract/tokens.ts";
import type { Tone } from "../controls/status-label.tsx";
import { formatCount, formatCountOf, formatShare } from "../format/numbers.ts";
import type { LongRows } from "./use-token-choice.ts";

/** What becomes of a row on the way to the model. */
export const OUTCOME_WORDS: Readonly<Record<TokenOutcome, string>> = {
  kept: "Kept",
  truncated: "Truncated",
  split: "Split",
  dropped_too_long: "Dropped: too long",
  without_labels: "Left out: nothing to learn",
  rejected: "Left out: not a usable row",
  refused: "Refused",
};

export const OUTCOME_TONES: Readonly<Record<TokenOutcome, Tone>> = {
  kept: "good",
  truncated: "warning",
  split: "neutral",
  dropped_too_long: "warning",
  without_labels: "warning",
  rejected: "bad",
  refused: "bad",
};

export const TEMPLATE_WORDS: Readonly<Record<TokenInspection["template"], string>> = {
  model: "The model's own chat template.",
  chatml: "ChatML: the model has no chat template of its own.",
  none: "No chat template: raw text needs none.",
};

export const MARKING_WORDS: Readonly<Record<TokenInspection["marking"], string>> = {
  generation: "Learnt: what the template itself marks.",
  search: "Learnt: the assistant's turns, found in the rendered text.",
  whole_text: "Learnt: the whole text.",
};

/** What is struck out. Of a row that is split, all is read but for parts with nothing to learn. */
export function leftOutWords(longRows: LongRows): string {
  return longRows === "split" ? "left out (nothing to learn)" : "cut off";
}

export type TokenCounts = {
  /** All tokens of the rows. */
  readonly all: number;
  /** Those that training reads: the others are cut off or left out. */
  readonly read: number;
  readonly learnt: number;
};

export function countTokens(rows: readonly InspectedRow[]): TokenCounts {
  const total = (count: (row: InspectedRow) => number): number =>
    rows.reduce((sum, row) => sum + count(row), 0);
  return {
    all: total(({ tokenCount }) => tokenCount),
    read: total(({ tokens }) => tokens.filter(({ sequence }) => sequence !== null).length),
    learnt: total(({ labelCount }) => labelCount),
  };
}

/** "312 tokens, 88 learnt (28 %)"; "256 of 1,580 tokens, 238 learnt (92 %)". */
export function countWords({ all, read, learnt }: TokenCounts): string {
  const tokens =
    read === all
      ? formatCountOf(all, "token")
      : `${formatCount(read)} of ${formatCountOf(all, "token")}`;
  const share = read === 0 ? "" : ` (${formatShare(learnt / read)})`;
  return `${tokens}, ${formatCount(learnt)} learnt${share}`;
}
