import { LineChart as LineChartIcon } from "lucide-react";
import { useMemo, useState } from "react";
import type { MetricsPoint, TimelineEntry } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { ChartRange } from "../charts/chart-series.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { valueOr } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { FigureChart } from "./figure-chart.tsx";
import styles from "./job-charts.module.css";
import { isActive } from "./jobs-slice.ts";
import { LossChart } from "./loss-chart.tsx";
import { TabBody } from "./tab-body.tsx";
import { timelineMarks, withBest } from "./timeline.ts";
import { useJobMetrics } from "./use-job-metrics.ts";
import { ZoomWords } from "./zoom-words.tsx";

type JobChartsProps = {
  readonly job: Job;
  readonly metrics: Loadable<readonly MetricsPoint[]>;
  readonly timeline: Loadable<readonly TimelineEntry[]>;
  readonly width: number;
};

/** The curves of a run over its steps. They share their crosshair and their range. */
export function JobCharts({ job, metrics, timeline, width }: JobChartsProps) {
  const [zoom, setZoom] = useState<ChartRange | null>(null);
  const closeUp = useJobMetrics(job.id, zoom === null ? 0 : width, zoom);
  const entries = valueOr(timeline, null);
  const marks = useMemo(() => timelineMarks(entries ?? []), [entries]);
  const lossMarks = useMemo(() => withBest(marks, job.best), [marks, job.best]);
  const whole = valueOr(metrics, null);
  const points = useMemo(() => {
    if (zoom === null || whole === null) return whole ?? [];
    // Until the close-up has come, what is known of it stands in for it.
    return valueOr(
      closeUp,
      whole.filter(({ step }) => step >= zoom.from && step <= zoom.to),
    );
  }, [zoom, whole, closeUp]);

  if (metrics.state === "failed") {
    return (
      <TabBody>
        <Note tone="bad" title="The metrics could not be fetched">
          {metrics.error.message}
        </Note>
      </TabBody>
    );
  }
  if (whole === null) {
    return (
      <TabBody>
        <Skeleton label="charts" rows={1} rowHeight={280} />
      </TabBody>
    );
  }
  if (whole.length === 0) {
    return (
      <TabBody>
        <EmptyState icon={LineChartIcon} title="No steps yet">
          {isActive(job) || job.status === "queued"
            ? "The loss curve begins with the first training step, after the model is loaded and the data is prepared."
            : "The run ended before its first training step. The log tells what it did until then."}
        </EmptyState>
      </TabBody>
    );
  }
  const shared = { points, marks, syncKey: `job ${job.id}`, onZoom: setZoom };
  return (
    <TabBody>
      <LossChart
        {...shared}
        marks={lossMarks}
        aside={<ZoomWords zoom={zoom} onWhole={() => setZoom(null)} />}
      />
      <div className={styles.grid}>
        <FigureChart {...shared} figure="learningRate" />
        <FigureChart {...shared} figure="tokensPerSecond" />
        <FigureChart {...shared} figure="gradientNorm" />
        <FigureChart {...shared} figure="memoryMb" />
      </div>
    </TabBody>
  );
}
