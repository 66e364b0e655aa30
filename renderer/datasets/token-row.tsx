import { CircleAlert, CircleCheck, CircleSlash, Scissors, SplitSquareVertical } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { InspectedRow, TokenOutcome } from "../../shared/contract/tokens.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import { formatCount } from "../format/numbers.ts";
import styles from "./token-row.module.css";
import { TokenText } from "./token-text.tsx";
import { OUTCOME_TONES, OUTCOME_WORDS, countTokens, countWords } from "./token-words.ts";

const ICONS: Readonly<Record<TokenOutcome, LucideIcon>> = {
  kept: CircleCheck,
  truncated: Scissors,
  split: SplitSquareVertical,
  dropped_too_long: CircleSlash,
  without_labels: CircleSlash,
  rejected: CircleAlert,
  refused: CircleAlert,
};

type TokenRowProps = { readonly row: InspectedRow };

/** What becomes of one row, why, and its text token by token. */
export function TokenRow({ row }: TokenRowProps) {
  const { outcome, reason, tokenCount } = row;
  return (
    <section className={styles.row} aria-label={`Row ${formatCount(row.row + 1)}`}>
      <header className={styles.header}>
        <h3 className={styles.number}>Row {formatCount(row.row + 1)}</h3>
        <StatusLabel
          tone={OUTCOME_TONES[outcome]}
          icon={ICONS[outcome]}
          text={OUTCOME_WORDS[outcome]}
        />
        {tokenCount > 0 && <span className={styles.counts}>{countWords(countTokens([row]))}</span>}
      </header>
      {reason !== null && <p className={styles.reason}>{reason}</p>}
      <TokenText row={row} />
    </section>
  );
}
