import type uPlot from "uplot";
import { formatCompact } from "../format/numbers.ts";
import { paddedRange } from "./chart-series.ts";
import type { ChartLook, ChartMark, ChartRange } from "./chart-series.ts";
import { drawMarks } from "./draw-marks.ts";

/** What the plot asks for while it lives; read anew at every use, so it never goes stale. */
export type PlotSource = {
  readonly marks: () => readonly ChartMark[];
  readonly onHover: (index: number | null) => void;
  readonly onZoom: (range: ChartRange | null) => void;
};

type PlotOptionsInput = {
  readonly width: number;
  readonly height: number;
  readonly looks: readonly ChartLook[];
  readonly formatY: (value: number) => string;
  readonly isLog: boolean;
  readonly syncKey: string;
  readonly colorOf: (token: string) => string;
  readonly fontFamily: string;
  readonly source: PlotSource;
};

/** Steps are whole, so the axis never shows a part of one. */
const STEP_INTERVALS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((n) => [n, 2 * n, 5 * n]);

/** uPlot's options in the look of this window. */
export function plotOptions(input: PlotOptionsInput): uPlot.Options {
  const { colorOf, source } = input;
  const axis: uPlot.Axis = {
    stroke: colorOf("--text-faint"),
    font: `11px ${input.fontFamily}`,
    ticks: { show: false },
    grid: { stroke: colorOf("--chart-grid"), width: 1 },
  };
  return {
    width: input.width,
    height: input.height,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: (_plot, low, high) => paddedRange(low, high, 0) },
      // uPlot types it as a const enum, which has no value at run time: 3 is Logarithmic.
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
      y: input.isLog ? { distr: 3 } : { range: (_plot, low, high) => paddedRange(low, high, 0.08) },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 6,
        grid: { show: false },
        space: 70,
        incrs: STEP_INTERVALS,
        values: (_plot, splits) => splits.map((value) => formatCompact(value)),
      },
      {
        ...axis,
        size: 60,
        gap: 8,
        space: 34,
        values: (_plot, splits: (number | null)[]) =>
          splits.map((value) => (value === null ? "" : input.formatY(value))),
      },
    ],
    series: [{}, ...input.looks.map((look) => seriesOptions(look, colorOf))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 6 },
      sync: { key: input.syncKey, setSeries: false },
      points: { size: 6, width: 1.5 },
    },
    hooks: {
      setCursor: [(plot) => source.onHover(plot.cursor.idx ?? null)],
      setSelect: [(plot) => zoomToSelection(plot, source)],
      ready: [(plot) => plot.over.addEventListener("dblclick", () => source.onZoom(null))],
      drawAxes: [
        (plot) =>
          drawMarks(plot, source.marks(), {
            checkpoint: colorOf("--chart-mark"),
            resumed: colorOf("--warning"),
            best: colorOf("--chart-validation"),
            text: colorOf("--text-faint"),
            fontFamily: input.fontFamily,
          }),
      ],
    },
  };
}

function zoomToSelection(plot: uPlot, source: PlotSource): void {
  const { left, width } = plot.select;
  if (width < 2) return;
  const from = Math.max(0, Math.floor(plot.posToVal(left, "x")));
  const to = Math.ceil(plot.posToVal(left + width, "x"));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (to > from) source.onZoom({ from, to });
}

function seriesOptions(
  { name, color, look }: ChartLook,
  colorOf: (token: string) => string,
): uPlot.Series {
  const stroke = colorOf(color);
  if (look === "points") {
    return {
      label: name,
      stroke,
      width: 1,
      points: { show: true, size: 6, fill: stroke, stroke, width: 0 },
    };
  }
  return {
    label: name,
    stroke,
    width: look === "faint" ? 1 : 1.6,
    alpha: look === "faint" ? 0.32 : 1,
    points: { show: (plot) => plot.data[0].length < 3, size: 5, fill: stroke },
  };
}
