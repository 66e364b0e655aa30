import type { InspectedRow, RowToken } from "../../shared/contract/tokens.ts";

/** How marked text is set off from the rest. */
export interface TokenMarks {
  learnt: readonly [before: string, after: string];
  cutOff: readonly [before: string, after: string];
}

/** Green and underlined; struck through and faint. */
export const TERMINAL_MARKS: TokenMarks = {
  learnt: ["\u001B[32;4m", "\u001B[39;24m"],
  cutOff: ["\u001B[2;9m", "\u001B[22;29m"],
};
/** Brackets that hardly any text has. */
export const PLAIN_MARKS: TokenMarks = { learnt: ["⟦", "⟧"], cutOff: ["⟪", "⟫"] };

const SEQUENCE_END = "┊";

/** What the second of the marks stands for: rows that are split lose nothing at their end. */
export function leftOutLine(
  longRows: "drop" | "truncate" | "split",
  marked: string,
  maxSequenceTokens: number,
): string {
  return longRows === "split"
    ? `Left out     ${marked} (nothing to learn)`
    : `Cut off      ${marked}, beyond ${maxSequenceTokens} tokens`;
}

type Mark = keyof TokenMarks | null;

/** A row as the model reads it, with what it learns and what is cut off set off. */
export function markTokens(row: InspectedRow, marks: TokenMarks): string {
  let shown = "";
  let open: Mark = null;
  let position = 0;
  let sequence: number | null | undefined;
  const change = (next: Mark) => {
    if (next === open) return;
    if (open !== null) shown += marks[open][1];
    if (next !== null) shown += marks[next][0];
    open = next;
  };
  for (const token of row.tokens) {
    if (token.start > position) {
      change(null);
      shown += inert(row.text.slice(position, token.start));
      position = token.start;
    }
    const isNext = sequence !== undefined && token.sequence !== sequence;
    if (isNext && token.sequence !== null && sequence !== null) {
      change(null);
      shown += SEQUENCE_END;
    }
    sequence = token.sequence;
    change(markOf(token));
    // Tokens of parts of one character share its place: it is shown once.
    shown += inert(row.text.slice(position, token.end));
    position = Math.max(position, token.end);
  }
  change(null);
  return shown + inert(row.text.slice(position));
}

function markOf({ isLabel, sequence }: RowToken): Mark {
  if (sequence === null) return "cutOff";
  return isLabel ? "learnt" : null;
}

/** Rows are somebody's text: what would command the terminal is shown instead. */
function inert(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : "\u{fffd}";
  });
}
