import styles from "./figures.module.css";

export type Figure = {
  readonly name: string;
  readonly value: string;
  /** A quieter word behind the value. */
  readonly detail?: string | undefined;
};

type FiguresProps = { readonly label: string; readonly figures: readonly Figure[] };

/** The handful of numbers one looks at first. */
export function Figures({ label, figures }: FiguresProps) {
  return (
    <section aria-label={label}>
      <dl className={styles.figures}>
        {figures.map(({ name, value, detail }) => (
          <div key={name} className={styles.figure}>
            <dt className={styles.name}>{name}</dt>
            <dd className={styles.value}>
              {value}
              {detail !== undefined && <span className={styles.detail}>{detail}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
