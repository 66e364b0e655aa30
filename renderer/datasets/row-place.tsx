import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import { IconButton } from "../controls/icon-button.tsx";
import { formatCount } from "../format/numbers.ts";
import styles from "./row-place.module.css";
import { SECTION_ROWS, placeOf, sectionOf } from "./row-sections.ts";

type RowPlaceProps = {
  /** The first row of the section in sight. */
  readonly start: number;
  readonly total: number;
  /** Of one section. */
  readonly rows?: number;
  readonly onGoTo: (index: number) => void;
};

/** Which rows are in the list below, and the way to others. */
export function RowPlace({ start, total, rows = SECTION_ROWS, onGoTo }: RowPlaceProps) {
  const [typed, setTyped] = useState("");
  const { end } = sectionOf(start, total, rows);
  const place = placeOf(typed, total);
  const isWrong = typed.trim() !== "" && place === null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (place !== null) onGoTo(place);
  };
  return (
    <div className={styles.bar}>
      {total > rows && (
        <span className={styles.section}>
          <IconButton
            label="Earlier rows"
            icon={ChevronLeft}
            disabled={start === 0}
            onClick={() => onGoTo(start - rows)}
          />
          Rows {formatCount(start + 1)} to {formatCount(end)} of {formatCount(total)}
          <IconButton
            label="Later rows"
            icon={ChevronRight}
            disabled={end === total}
            onClick={() => onGoTo(end)}
          />
        </span>
      )}
      <form className={styles.form} onSubmit={submit}>
        <label>
          Go to row
          <input
            className={styles.input}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            inputMode="numeric"
            autoComplete="off"
            aria-invalid={isWrong}
            placeholder={`1 to ${formatCount(total)}`}
          />
        </label>
      </form>
    </div>
  );
}
