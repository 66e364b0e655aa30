import { useMemo, useState } from "react";
import type { AppError } from "../../shared/app-error.ts";
import type { Result } from "../../shared/contract/contract.ts";
import type { ChartRange } from "../charts/chart-series.ts";
import { useDesk } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { useRequest } from "../core/use-request.ts";

type Metrics = Result<"elsewhere.metrics">;

export type ElsewhereMetrics = {
  /** Of the whole curve; null before it was first fetched. */
  readonly totalPoints: number | null;
  /** Of what is zoomed into. */
  readonly points: Metrics["points"];
  /** Why it could not be fetched just now; what was fetched before stays. */
  readonly failure: AppError | null;
};

const ASK_EVERY_MS = 15_000;

/**
 * The curve of another machine's job, as wide as the chart. What was there stays until something
 * newer is: a wider window or a lost network takes no curve away.
 */
export function useElsewhereMetrics(
  jobId: string,
  pixels: number,
  zoom: ChartRange | null,
): ElsewhereMetrics {
  const revision = useDesk((state) => state.elsewhereRevision);
  // Points come without any row having changed, at the end of a run even without another to follow.
  const occasion = revision + Math.floor(useNow(ASK_EVERY_MS) / ASK_EVERY_MS);
  const wish = { jobId, pixels };
  const asked = useRequest("elsewhere.metrics", pixels === 0 ? null : wish, occasion);
  const part = useRequest(
    "elsewhere.metrics",
    pixels === 0 || zoom === null ? null : { ...wish, fromStep: zoom.from, toStep: zoom.to },
    occasion,
  );
  const whole = useLatest(asked);
  const points = useMemo(() => {
    if (zoom === null) return whole?.points ?? [];
    if (part.state === "ready") return part.value.points;
    // The coarse one, until the other is there.
    return whole?.points.filter(({ step }) => step >= zoom.from && step <= zoom.to) ?? [];
  }, [whole, part, zoom]);
  return {
    totalPoints: whole?.totalPoints ?? null,
    points,
    failure: asked.state === "failed" ? asked.error : null,
  };
}

function useLatest(metrics: Loadable<Metrics>): Metrics | null {
  const [latest, setLatest] = useState<Metrics | null>(null);
  if (metrics.state !== "ready") return latest;
  if (metrics.value !== latest) setLatest(metrics.value);
  return metrics.value;
}
