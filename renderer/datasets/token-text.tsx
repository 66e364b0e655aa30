import { useMemo, useRef, useState } from "react";
import type { InspectedRow } from "../../shared/contract/tokens.ts";
import { Button } from "../controls/button.tsx";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import { tokenPieces } from "./token-pieces.ts";
import type { TokenRun, TokenSequence } from "./token-pieces.ts";
import styles from "./token-text.module.css";
import { useTokenTints } from "./use-token-tints.ts";

/** More of one row is laid out only when it is asked for. */
const MOST_TOKENS = 4_000;

type TokenTextProps = { readonly row: InspectedRow };

/** A row as the model reads it: what is learnt is marked, what is cut off is struck out. */
export function TokenText({ row }: TokenTextProps) {
  const host = useRef<HTMLDivElement>(null);
  const [isWhole, setIsWhole] = useState(false);
  const pieces = useMemo(
    () => tokenPieces(row, isWhole ? row.tokens.length : MOST_TOKENS),
    [row, isWhole],
  );
  useTokenTints(host, pieces.tints);
  const isSplit = row.outcome === "split";
  return (
    <div ref={host}>
      {pieces.sequences.map((sequence) => (
        <div key={sequence.runs[0]?.start}>
          {(isSplit || sequence.number === null) && (
            <p className={styles.sequence}>{sequenceWords(sequence, row)}</p>
          )}
          <p className={styles.text}>
            {sequence.runs.map((run) => (
              <Run key={run.start} run={run} text={row.text.slice(run.start, run.end)} />
            ))}
          </p>
        </div>
      ))}
      {row.tokens.length === 0 && <p className={styles.text}>{row.text}</p>}
      {!isWhole && row.tokens.length > MOST_TOKENS && (
        <Button look="quiet" size="small" onClick={() => setIsWhole(true)}>
          Show all {formatCount(row.tokens.length)} tokens of row {formatCount(row.row + 1)}
        </Button>
      )}
    </div>
  );
}

type RunProps = { readonly run: TokenRun; readonly text: string };

function Run({ run: { kind, start }, text }: RunProps) {
  switch (kind) {
    case "learnt":
      return (
        <mark data-start={start} className={styles.learnt}>
          {text}
        </mark>
      );
    case "cut":
      return (
        <s data-start={start} className={styles.cut}>
          {text}
        </s>
      );
    case "read":
      return <span data-start={start}>{text}</span>;
  }
}

function sequenceWords({ number, tokenCount }: TokenSequence, { outcome }: InspectedRow): string {
  const count = formatCountOf(tokenCount, "token");
  if (number !== null) return `Sequence ${number + 1}: ${count}`;
  if (outcome === "split") return `Left out (nothing to learn): ${count}`;
  return `${outcome === "truncated" ? "Cut off" : "Left out"}: ${count}`;
}
