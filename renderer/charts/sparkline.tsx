import styles from "./sparkline.module.css";

type SparklineProps = {
  readonly label: string;
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  /** What the bottom and the top stand for; without it, the least and the greatest value. */
  readonly range?: readonly [number, number];
};

/** The shape of a curve, too small to read values from. */
export function Sparkline({ label, values, width, height, range: fixed }: SparklineProps) {
  const low = fixed?.[0] ?? Math.min(...values);
  const range = (fixed?.[1] ?? Math.max(...values)) - low || 1;
  const points = values.map((value, index) => {
    const x = values.length === 1 ? 0 : (index / (values.length - 1)) * (width - 2) + 1;
    const y = height - 2 - ((value - low) / range) * (height - 4);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg width={width} height={height} role="img" aria-label={label} className={styles.sparkline}>
      {values.length > 1 && <polyline points={points.join(" ")} />}
    </svg>
  );
}
