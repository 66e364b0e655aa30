import type { ReactNode } from "react";
import styles from "./facts.module.css";

export type Fact = { readonly name: string; readonly value: ReactNode; readonly isMono?: boolean };

type FactsProps = { readonly facts: readonly Fact[] };

/** Names and values in two columns. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ name, value, isMono }) => (
        <div key={name} className={styles.fact}>
          <dt className={styles.name}>{name}</dt>
          <dd className={`${styles.value} ${isMono === true ? styles.mono : ""}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
