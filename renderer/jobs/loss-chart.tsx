import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { ChartMark, ChartRange, ChartSeries } from "../charts/chart-series.ts";
import { LineChart } from "../charts/line-chart.tsx";
import { smooth, smoothingSpan } from "../charts/smoothing.ts";
import { Segments } from "../controls/segments.tsx";
import { Slider } from "../controls/slider.tsx";
import { formatLoss, formatMeasure } from "../format/numbers.ts";
import styles from "./loss-chart.module.css";
import { figureOf, validationLosses } from "./metrics-points.ts";

const HEIGHT = 300;
/** The most that can be smoothed over: a tenth of the range in sight. */
const MOST_SMOOTHING = 0.1;

const SCALES = [
  { value: "linear", label: "Linear" },
  { value: "log", label: "Log" },
] as const;

type LossChartProps = {
  readonly points: readonly MetricsPoint[];
  readonly marks: readonly ChartMark[];
  readonly syncKey: string;
  readonly onZoom: (range: ChartRange | null) => void;
  readonly aside: ReactNode;
};

/** Training loss (as measured, faint; and smoothed) and the validations. */
export function LossChart({ points, marks, syncKey, onZoom, aside }: LossChartProps) {
  const [smoothing, setSmoothing] = useState(0.3);
  const [scale, setScale] = useState<"linear" | "log">("linear");
  const xs = useMemo(() => points.map(({ step }) => step), [points]);
  const series = useMemo(() => lossSeries(points, xs, smoothing), [points, xs, smoothing]);
  return (
    <LineChart
      title="Loss"
      height={HEIGHT}
      xName="step"
      xs={xs}
      series={series}
      marks={marks}
      formatY={formatMeasure}
      isLog={scale === "log"}
      syncKey={syncKey}
      onZoom={onZoom}
      controls={
        <>
          {aside}
          <span className={styles.smoothing}>
            <span aria-hidden>Smoothing</span>
            <Slider
              label="Smoothing of the loss"
              value={smoothing}
              min={0}
              max={1}
              step={0.05}
              onChange={setSmoothing}
            />
          </span>
          <Segments label="Scale of the loss" segments={SCALES} value={scale} onChange={setScale} />
        </>
      }
    />
  );
}

function lossSeries(
  points: readonly MetricsPoint[],
  xs: readonly number[],
  smoothing: number,
): readonly ChartSeries[] {
  const raw = figureOf(points, "trainingLoss");
  const color = "--chart-loss";
  const validation: ChartSeries = {
    name: "Validation",
    color: "--chart-validation",
    look: "points",
    values: validationLosses(points),
    format: formatLoss,
  };
  const training = { name: "Training", color, values: raw, format: formatLoss } as const;
  const smoothed = smooth(xs, raw, smoothingSpan(xs, smoothing * MOST_SMOOTHING));
  const lines: readonly ChartSeries[] =
    smoothing === 0
      ? [{ ...training, look: "line" }]
      : [
          { ...training, look: "faint" },
          { name: "Smoothed", color, look: "line", values: smoothed, format: formatLoss },
        ];
  const hasValidation = points.some(({ validationLoss }) => validationLoss !== null);
  return hasValidation ? [...lines, validation] : lines;
}
