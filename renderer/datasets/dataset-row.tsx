import { Link } from "@tanstack/react-router";
import type { PreviewRow } from "../../shared/contract/datasets.ts";
import { Button } from "../controls/button.tsx";
import { formatCount, formatCountOf } from "../format/numbers.ts";
import styles from "./dataset-row.module.css";
import { ROLE_NAMES } from "./dataset-words.ts";
import { SHORT_TURNS, isLongRow } from "./long-rows.ts";

type DatasetRowProps = {
  readonly datasetId: string;
  readonly index: number;
  /** Undefined while it is on its way. */
  readonly row: PreviewRow | undefined;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
};

export function DatasetRow({ datasetId, index, row, isOpen, onToggle }: DatasetRowProps) {
  const number = formatCount(index + 1);
  if (row === undefined) {
    return (
      <div className={styles.row}>
        <span className={styles.number}>{number}</span>
        <div className={styles.waiting} />
      </div>
    );
  }
  const isLong = isLongRow(row);
  const isClosed = isLong && !isOpen;
  const turns = isClosed ? row.turns.slice(0, SHORT_TURNS) : row.turns;
  const hidden = row.turns.length - turns.length;
  return (
    <div className={styles.row}>
      <div className={styles.place}>
        <span className={styles.number} title={`Line ${formatCount(row.line)} of the file`}>
          {number}
        </span>
        <Link
          to="/datasets/$datasetId"
          params={{ datasetId }}
          search={{ tab: "tokens", row: index + 1 }}
          className={styles.tokens}
          aria-label={`Tokens of row ${number}`}
        >
          tokens
        </Link>
      </div>
      <div className={styles.turns}>
        {turns.map(({ role, text }, place) => (
          // Turns have no other identity than their place in the row, and never move.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={place} className={styles.turn}>
            <span className={styles.role}>{ROLE_NAMES[role]}</span>
            <p className={`${styles.text} ${isClosed ? styles.closed : ""}`}>{text}</p>
          </div>
        ))}
        {(isLong || row.isCut) && (
          <div className={styles.more}>
            {isLong && (
              <Button
                look="quiet"
                size="small"
                onClick={onToggle}
                aria-label={`${isOpen ? "Show less" : "Show all"} of row ${number}`}
                aria-expanded={isOpen}
              >
                {isOpen ? "Show less" : "Show all"}
              </Button>
            )}
            {hidden > 0 && <span>{formatCountOf(hidden, "more turn")}</span>}
            {row.isCut && <span>Very long text is cut in this preview only.</span>}
          </div>
        )}
      </div>
    </div>
  );
}
