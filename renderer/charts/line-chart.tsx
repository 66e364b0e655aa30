import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { formatCount } from "../format/numbers.ts";
import type { ChartMark, ChartRange, ChartSeries } from "./chart-series.ts";
import { readoutIndex } from "./chart-series.ts";
import styles from "./line-chart.module.css";
import { usePlot } from "./use-plot.ts";

const SWATCHES = { line: styles.swatch, faint: styles.faint, points: styles.dot } as const;

type LineChartProps = {
  readonly title: string;
  readonly height: number;
  /** What x counts, as in "step". */
  readonly xName: string;
  readonly xs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly formatY: (value: number) => string;
  readonly isLog?: boolean;
  /** Charts with the same key share their crosshair. */
  readonly syncKey: string;
  /** A dragged range, or null after a double click: the whole. */
  readonly onZoom: (range: ChartRange | null) => void;
  readonly controls?: ReactNode;
};

/** Thin lines with a crosshair; the exact values at the crosshair (or the latest) stand above. */
export function LineChart(props: LineChartProps) {
  const { title, height, xName, xs, series, controls } = props;
  const host = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  usePlot(host, { ...props, isLog: props.isLog ?? false, onHover: setHovered });

  const x = xs[hovered ?? xs.length - 1];
  return (
    <figure className={styles.chart} aria-label={title}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <span className={styles.readout}>
          {series.map((one) => (
            <span key={one.name} className={styles.value}>
              <i
                className={SWATCHES[one.look]}
                style={{ background: `var(${one.color})` }}
                aria-hidden
              />
              {series.length > 1 && <span>{one.name}</span>}
              <b>{one.format(one.values[readoutIndex(one.values, hovered)])}</b>
            </span>
          ))}
          {x !== undefined && (
            <span className={styles.x}>
              {xName} {formatCount(x)}
            </span>
          )}
        </span>
        {controls !== undefined && <span className={styles.controls}>{controls}</span>}
      </figcaption>
      <div ref={host} className={styles.plot} style={{ height }} aria-hidden />
    </figure>
  );
}
