import styles from "./skeleton.module.css";

type SkeletonProps = {
  /** What is being waited for, for assistive technology. */
  readonly label: string;
  readonly rows?: number;
  readonly rowHeight?: number;
};

/** The shape of what is about to appear. */
export function Skeleton({ label, rows = 4, rowHeight = 20 }: SkeletonProps) {
  const widths = Array.from({ length: rows }, (_, index) => 100 - ((index * 17) % 42));
  return (
    <output className={styles.skeleton} aria-label={`Loading ${label}`}>
      {widths.map((width, index) => (
        // The rows are all alike and never move.
        // oxlint-disable-next-line react/no-array-index-key
        <span
          key={index}
          className={styles.row}
          style={{ height: rowHeight, width: `${width}%` }}
        />
      ))}
    </output>
  );
}
