import { useId } from "react";
import styles from "./hour-prices.module.css";

type HourPricesProps = {
  readonly texts: readonly string[];
  readonly wrongHours: readonly number[];
  readonly problem: string | undefined;
  readonly unit: string;
  readonly onChange: (texts: readonly string[]) => void;
};

/** 24 small fields, the first for the hour after midnight, local time. */
export function HourPrices({ texts, wrongHours, problem, unit, onChange }: HourPricesProps) {
  const id = useId();
  return (
    <fieldset className={styles.hours} aria-describedby={id}>
      <legend className="visually-hidden">Price by hour</legend>
      <div className={styles.grid}>
        {texts.map((text, hour) => {
          const name = String(hour).padStart(2, "0");
          return (
            // One field for each hour: the place is what tells them apart.
            // oxlint-disable-next-line react/no-array-index-key
            <label key={hour} className={styles.hour}>
              <span className={styles.name}>{name}</span>
              <input
                className={styles.input}
                aria-label={`From ${name}:00`}
                aria-invalid={wrongHours.includes(hour) || undefined}
                value={text}
                inputMode="decimal"
                autoComplete="off"
                onChange={(event) => onChange(texts.with(hour, event.target.value))}
              />
            </label>
          );
        })}
      </div>
      <p id={id} className={problem === undefined ? styles.hint : styles.problem}>
        {problem ?? `${unit}, from each full hour on, in the local time of this computer`}
      </p>
    </fieldset>
  );
}
