import type { InspectedRow, RowToken } from "../../shared/contract/tokens.ts";

/*
 * A row's text is drawn in runs (neighbouring tokens of one kind), not in one element per token:
 * long rows stay light, and a selection or a screen reader meets whole words. Where one token ends
 * and the next begins is drawn over the runs, as tints of every second token.
 */
export type RunKind = "learnt" | "read" | "cut";

/** Part of a row's text, from `start` up to `end`, in UTF-16 units. */
export type Span = { readonly start: number; readonly end: number };

export type TokenRun = Span & { readonly kind: RunKind };

/** What the model reads in one go; `number` is null for what is cut off. */
export type TokenSequence = {
  readonly number: number | null;
  readonly runs: readonly TokenRun[];
  readonly tokenCount: number;
};

export type TokenPieces = {
  readonly sequences: readonly TokenSequence[];
  /** Every second token, in order, never overlapping. */
  readonly tints: readonly Span[];
};

/** The first `most` tokens of a row; the text between two tokens goes to the one before it. */
export function tokenPieces({ text, tokens }: InspectedRow, most: number): TokenPieces {
  const shown = tokens.slice(0, most);
  const end = shown.length < tokens.length ? (shown.at(-1)?.end ?? 0) : text.length;
  const sequences: { number: number | null; runs: Growing[]; tokenCount: number }[] = [];
  const tints: Span[] = [];
  let cursor = 0;
  let isTinted = false;
  for (const [index, token] of shown.entries()) {
    // A character of several bytes may be several tokens, which then share its place.
    const start = index === 0 ? 0 : Math.max(cursor, token.start);
    const stop = Math.max(start, token.end);
    let sequence = sequences.at(-1);
    if (sequence === undefined || sequence.number !== token.sequence) {
      closeAt(sequence, start);
      sequence = { number: token.sequence, runs: [], tokenCount: 0 };
      sequences.push(sequence);
    }
    sequence.tokenCount += 1;
    const run = sequence.runs.at(-1);
    const kind = kindOf(token);
    if (run?.kind === kind) run.end = stop;
    else {
      closeAt(sequence, start);
      sequence.runs.push({ kind, start, end: stop });
    }
    if (stop > start) {
      if (isTinted) tints.push({ start: Math.max(start, token.start), end: stop });
      isTinted = !isTinted;
    }
    cursor = stop;
  }
  closeAt(sequences.at(-1), end);
  return { sequences, tints };
}

type Growing = { kind: RunKind; start: number; end: number };

function closeAt(sequence: { runs: Growing[] } | undefined, end: number): void {
  const run = sequence?.runs.at(-1);
  if (run !== undefined) run.end = Math.max(run.end, end);
}

function kindOf({ isLabel, sequence }: RowToken): RunKind {
  if (sequence === null) return "cut";
  return isLabel ? "learnt" : "read";
}
