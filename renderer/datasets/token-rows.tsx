import { useEffect, useMemo, useRef } from "react";
import type { TokenInspection } from "../../shared/contract/tokens.ts";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { formatCountOf } from "../format/numbers.ts";
import { TokenRow } from "./token-row.tsx";
import styles from "./token-rows.module.css";
import textStyles from "./token-text.module.css";
import {
  MARKING_WORDS,
  TEMPLATE_WORDS,
  countTokens,
  countWords,
  leftOutWords,
} from "./token-words.ts";
import type { LongRows } from "./use-token-choice.ts";

type TokenRowsProps = {
  readonly name: string;
  readonly inspection: TokenInspection;
  /** By which the rows were inspected. */
  readonly longRows: LongRows;
  /** The row to bring into sight; null for the top. */
  readonly wanted: number | null;
};

export function TokenRows({ name, inspection, longRows, wanted }: TokenRowsProps) {
  const { rows, template, marking } = inspection;
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const row = scroller.current?.querySelector(`[data-row="${wanted}"]`);
    if (wanted !== rows[0]?.row) row?.scrollIntoView({ block: "start" });
  }, [wanted, rows]);
  const counts = useMemo(() => countTokens(rows), [rows]);
  return (
    <ScrollRegion
      label={`Tokens of rows of ${name}`}
      className={styles.scroller}
      element={scroller}
    >
      <div className={styles.words}>
        <p>
          <b>{formatCountOf(rows.length, "row")}</b>: {countWords(counts)}.
        </p>
        <p className={styles.marking}>
          {TEMPLATE_WORDS[template]} {MARKING_WORDS[marking]}
        </p>
        <ul className={styles.legend} aria-label="Legend">
          <li>
            <mark className={textStyles.learnt}>learnt</mark>
          </li>
          <li>
            <span className={styles.read}>read only</span>
          </li>
          <li>
            <s className={textStyles.cut}>{leftOutWords(longRows)}</s>
          </li>
        </ul>
      </div>
      <ol className={styles.rows}>
        {rows.map((row) => (
          <li key={row.row} data-row={row.row} className={styles.row}>
            <TokenRow row={row} />
          </li>
        ))}
      </ol>
    </ScrollRegion>
  );
}
