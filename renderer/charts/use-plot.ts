import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartLook, ChartMark, ChartRange, ChartSeries } from "./chart-series.ts";
import { plotOptions } from "./plot-options.ts";
import { inkOf, useThemeName } from "./theme-ink.ts";
import { useWidth } from "./use-width.ts";

type Plot = {
  readonly height: number;
  readonly xs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly formatY: (value: number) => string;
  readonly isLog: boolean;
  readonly syncKey: string;
  readonly onHover: (index: number | null) => void;
  readonly onZoom: (range: ChartRange | null) => void;
};

/**
 * Keeps one uPlot inside `host`. It is made anew only when its shape, scale or theme changes; new
 * data, marks and sizes go to the present one.
 */
export function usePlot(host: RefObject<HTMLDivElement | null>, plot: Plot): void {
  const { height, xs, series, marks, formatY, isLog, syncKey } = plot;
  const width = useWidth(host);
  const theme = useThemeName();
  const made = useRef<uPlot | null>(null);

  const latest = useRef(plot);
  useLayoutEffect(() => {
    latest.current = plot;
  });

  const looks = JSON.stringify(series.map(({ name, color, look }) => ({ name, color, look })));
  const isMeasured = width > 0;
  useEffect(() => {
    if (host.current === null || !isMeasured) return;
    const { colorOf, fontFamily } = inkOf(theme);
    const options = plotOptions({
      width: host.current.clientWidth,
      height,
      looks: JSON.parse(looks) as ChartLook[],
      formatY,
      isLog,
      syncKey,
      colorOf,
      fontFamily,
      source: {
        marks: () => latest.current.marks,
        onHover: (index) => latest.current.onHover(index),
        onZoom: (range) => latest.current.onZoom(range),
      },
    });
    const created = new uPlot(
      options,
      aligned(latest.current.xs, latest.current.series),
      host.current,
    );
    made.current = created;
    return () => {
      made.current = null;
      created.destroy();
    };
  }, [host, isMeasured, height, looks, formatY, isLog, syncKey, theme]);

  useEffect(() => {
    made.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    made.current?.setData(aligned(xs, series));
  }, [xs, series]);

  useEffect(() => {
    // The plot reads the marks itself; it only has to know that there are others.
    if (marks === latest.current.marks) made.current?.redraw(false);
  }, [marks]);
}

function aligned(xs: readonly number[], series: readonly ChartSeries[]): uPlot.AlignedData {
  return [[...xs], ...series.map(({ values }) => [...values])];
}
