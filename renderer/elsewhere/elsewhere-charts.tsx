import { LineChart as LineChartIcon } from "lucide-react";
import { useMemo, useState } from "react";
import type { ChartRange } from "../charts/chart-series.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { useNow } from "../core/use-now.ts";
import { useRequest } from "../core/use-request.ts";
import { FigureChart } from "../jobs/figure-chart.tsx";
import chartStyles from "../jobs/job-charts.module.css";
import { LossChart } from "../jobs/loss-chart.tsx";
import { ZoomWords } from "../jobs/zoom-words.tsx";
import styles from "./elsewhere-charts.module.css";
import type { ElsewhereJob } from "./elsewhere-slice.ts";

/** Charts ask in steps of this many pixels, so that dragging the window's edge asks only now and then. */
const PIXEL_STEP = 128;
const MOST_PIXELS = 10_000;
const ASK_EVERY_MS = 15_000;

type ElsewhereChartsProps = { readonly job: ElsewhereJob; readonly width: number };

/** The curves of another machine's run, fetched from the project while they are looked at. */
export function ElsewhereCharts({ job, width }: ElsewhereChartsProps) {
  const revision = useDesk((state) => state.elsewhereRevision);
  // Points come without any row having changed, at the end of a run even without another to follow.
  const turn = Math.floor(useNow(ASK_EVERY_MS) / ASK_EVERY_MS);
  const [zoom, setZoom] = useState<ChartRange | null>(null);
  const pixels = Math.min(MOST_PIXELS, Math.ceil(width / PIXEL_STEP) * PIXEL_STEP);
  const wish = { jobId: job.id, pixels };
  const metrics = useRequest("elsewhere.metrics", pixels === 0 ? null : wish, revision + turn);
  const part = useRequest(
    "elsewhere.metrics",
    pixels === 0 || zoom === null ? null : { ...wish, fromStep: zoom.from, toStep: zoom.to },
    revision + turn,
  );
  const points = useMemo(() => {
    if (zoom === null) return metrics.state === "ready" ? metrics.value.points : [];
    if (part.state === "ready") return part.value.points;
    // The coarse one, until the other is there.
    if (metrics.state !== "ready") return [];
    return metrics.value.points.filter(({ step }) => step >= zoom.from && step <= zoom.to);
  }, [metrics, part, zoom]);

  if (metrics.state === "loading") return <Skeleton label="charts" rows={1} rowHeight={280} />;
  if (metrics.state === "failed") {
    return (
      <Note tone="warning" title="The curves could not be fetched">
        {metrics.error.message}
      </Note>
    );
  }
  if (metrics.value.totalPoints === 0) {
    return (
      <EmptyState icon={LineChartIcon} title="No steps yet">
        The curves appear once {job.workstation} has sent them to the project.
      </EmptyState>
    );
  }
  const shared = { points, marks: [], syncKey: `job ${job.id}`, onZoom: setZoom };
  return (
    <div className={styles.charts}>
      <LossChart {...shared} aside={<ZoomWords zoom={zoom} onWhole={() => setZoom(null)} />} />
      <div className={chartStyles.grid}>
        <FigureChart {...shared} figure="learningRate" />
        <FigureChart {...shared} figure="tokensPerSecond" />
        <FigureChart {...shared} figure="gradientNorm" />
        <FigureChart {...shared} figure="memoryMb" />
      </div>
    </div>
  );
}
