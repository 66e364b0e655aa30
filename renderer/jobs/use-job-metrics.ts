import { useEffect, useState } from "react";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { ChartRange } from "../charts/chart-series.ts";
import { useClient } from "../core/desk.tsx";
import { LOADING } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { followMetrics } from "./follow-metrics.ts";

type Points = Loadable<readonly MetricsPoint[]>;

/** Charts ask in steps of this many pixels, so that dragging the window's edge asks only now and then. */
const PIXEL_STEP = 128;

/** The live points of a run, or of a range of its steps. Without a width nothing is asked for. */
export function useJobMetrics(id: string, width: number, range: ChartRange | null = null): Points {
  const client = useClient();
  const pixels = Math.ceil(width / PIXEL_STEP) * PIXEL_STEP;
  const from = range?.from ?? null;
  const to = range?.to ?? null;
  // Another width shows the former points until its own have come; another run or range must not.
  const wish = `${id} ${from} ${to}`;
  const [held, setHeld] = useState<{ wish: string; points: Points }>({ wish, points: LOADING });

  useEffect(() => {
    if (pixels === 0) return;
    const asked = from === null || to === null ? null : { from, to };
    return followMetrics(client, { id, pixels, range: asked }, (points) =>
      setHeld({ wish: `${id} ${from} ${to}`, points }),
    );
  }, [client, id, pixels, from, to]);

  return held.wish === wish ? held.points : LOADING;
}
