import { useMemo } from "react";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { ChartMark, ChartRange, ChartSeries } from "../charts/chart-series.ts";
import { LineChart } from "../charts/line-chart.tsx";
import { formatMemory } from "../format/bytes.ts";
import {
  formatCompact,
  formatLearningRate,
  formatMeasure,
  formatTokensPerSecond,
} from "../format/numbers.ts";
import { figureOf } from "./metrics-points.ts";
import type { MetricsFigure } from "./metrics-points.ts";

const HEIGHT = 160;

type FigureLook = {
  readonly title: string;
  readonly color: `--chart-${string}`;
  readonly format: (value: number | null | undefined) => string;
  readonly formatAxis: (value: number) => string;
};

const LOOKS: Readonly<Record<Exclude<MetricsFigure, "trainingLoss">, FigureLook>> = {
  learningRate: {
    title: "Learning rate",
    color: "--chart-rate",
    format: formatLearningRate,
    formatAxis: formatLearningRate,
  },
  tokensPerSecond: {
    title: "Tokens per second",
    color: "--chart-speed",
    format: formatTokensPerSecond,
    formatAxis: formatCompact,
  },
  gradientNorm: {
    title: "Gradient norm",
    color: "--chart-norm",
    format: formatMeasure,
    formatAxis: formatMeasure,
  },
  memoryMb: {
    title: "Memory",
    color: "--chart-mark",
    format: (value) => formatMemory(value ?? null),
    formatAxis: formatMemory,
  },
};

type FigureChartProps = {
  readonly figure: keyof typeof LOOKS;
  readonly points: readonly MetricsPoint[];
  readonly marks: readonly ChartMark[];
  readonly syncKey: string;
  readonly onZoom: (range: ChartRange | null) => void;
};

/** One figure of a run over its steps. */
export function FigureChart({ figure, points, marks, syncKey, onZoom }: FigureChartProps) {
  const { title, color, format, formatAxis } = LOOKS[figure];
  const xs = useMemo(() => points.map(({ step }) => step), [points]);
  const series = useMemo<readonly ChartSeries[]>(
    () => [{ name: title, color, look: "line", values: figureOf(points, figure), format }],
    [points, figure, title, color, format],
  );
  return (
    <LineChart
      title={title}
      height={HEIGHT}
      xName="step"
      xs={xs}
      series={series}
      marks={marks}
      formatY={formatAxis}
      syncKey={syncKey}
      onZoom={onZoom}
    />
  );
}
