import { LineChart as LineChartIcon } from "lucide-react";
import { useState } from "react";
import type { ChartRange } from "../charts/chart-series.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { FigureChart } from "../jobs/figure-chart.tsx";
import chartStyles from "../jobs/job-charts.module.css";
import { LossChart } from "../jobs/loss-chart.tsx";
import { ZoomWords } from "../jobs/zoom-words.tsx";
import styles from "./elsewhere-charts.module.css";
import type { ElsewhereJob } from "./elsewhere-slice.ts";
import { useElsewhereMetrics } from "./use-elsewhere-metrics.ts";

/** Charts ask in steps of this many pixels, so that dragging the window's edge asks only now and then. */
const PIXEL_STEP = 128;
const MOST_PIXELS = 10_000;
/** Those that its machine has measured are shown. */
const FIGURES = ["learningRate", "tokensPerSecond", "gradientNorm", "memoryMb"] as const;

type ElsewhereChartsProps = {
  readonly job: Pick<ElsewhereJob, "id" | "workstation">;
  readonly width: number;
};

/** How finely curves are asked for where the charts have so many pixels. */
export function chartPixels(width: number): number {
  return Math.min(MOST_PIXELS, Math.ceil(width / PIXEL_STEP) * PIXEL_STEP);
}

/** The curves of another machine's run, fetched from the project while they are looked at. */
export function ElsewhereCharts({ job, width }: ElsewhereChartsProps) {
  const [zoom, setZoom] = useState<ChartRange | null>(null);
  const { totalPoints, points, failure } = useElsewhereMetrics(job.id, chartPixels(width), zoom);

  const note = failure !== null && (
    <Note tone="warning" title="The curves could not be fetched">
      {failure.message}
      {totalPoints !== null && " What is shown is what was fetched last."}
    </Note>
  );
  if (totalPoints === null) {
    return note === false ? <Skeleton label="charts" rows={1} rowHeight={280} /> : note;
  }
  if (totalPoints === 0) {
    return (
      <EmptyState icon={LineChartIcon} title="No steps yet">
        The curves appear once {job.workstation} has sent them to the project.
      </EmptyState>
    );
  }
  const shared = { points, marks: [], syncKey: `job ${job.id}`, onZoom: setZoom };
  return (
    <div className={styles.charts}>
      {note}
      <LossChart {...shared} aside={<ZoomWords zoom={zoom} onWhole={() => setZoom(null)} />} />
      <div className={chartStyles.grid}>
        {FIGURES.filter((figure) => points.some((point) => point[figure] !== null)).map(
          (figure) => (
            <FigureChart key={figure} {...shared} figure={figure} />
          ),
        )}
      </div>
    </div>
  );
}
