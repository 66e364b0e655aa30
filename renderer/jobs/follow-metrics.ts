import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { ChartRange } from "../charts/chart-series.ts";
import { failed, ready } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { whenConnected } from "../core/when-connected.ts";
import type { WindowClient } from "../transport/window-client.ts";
import { isTooDense, mergePoints, pixelsToAsk } from "./metrics-points.ts";

export type MetricsWish = {
  readonly id: string;
  /** The width of the chart. */
  readonly pixels: number;
  /** Null for the whole run. */
  readonly range: ChartRange | null;
};

type MetricsCore = Pick<WindowClient, "request" | "subscribe" | "getConnection" | "onConnection">;

/**
 * The points of a run for a chart of some width: a reduced window from the core, then live points
 * at full detail, and a fresh window as soon as those are too many to be told apart. Asks anew on
 * every connection. Returns the function that stops it.
 */
export function followMetrics(
  client: MetricsCore,
  { id, pixels, range }: MetricsWish,
  listen: (points: Loadable<readonly MetricsPoint[]>) => void,
): () => void {
  let points: readonly MetricsPoint[] | null = null;
  let askedFor = 0;
  /** Live points that came while a window was on its way, which it may lack. */
  let pending: { points: readonly MetricsPoint[] } | null = null;

  const ask = async (): Promise<void> => {
    const mine = { points: [] as readonly MetricsPoint[] };
    pending = mine;
    try {
      const reply = await client.request("jobs.metrics", {
        id,
        pixels: pixelsToAsk(pixels),
        ...(range === null ? {} : { fromStep: range.from, toStep: range.to }),
      });
      if (pending !== mine) return;
      pending = null;
      askedFor = reply.points.length;
      points = mergePoints(reply.points, mine.points);
      listen(ready(points));
    } catch (error) {
      if (pending !== mine) return;
      pending = null;
      if (points === null) listen(failed(error));
    }
  };

  const receive = (incoming: readonly MetricsPoint[]): void => {
    const within = incoming.filter(
      ({ step }) => range === null || (step >= range.from && step <= range.to),
    );
    if (within.length === 0) return;
    if (pending !== null) pending.points = mergePoints(pending.points, within);
    if (points === null) return;
    points = mergePoints(points, within);
    listen(ready(points));
    // A window that is dense in itself (many validations) is not asked for again at every point.
    const hasGrown = points.length > askedFor + pixels / 5;
    if (pending === null && hasGrown && isTooDense(points, pixels)) void ask();
  };

  const endings = [
    client.subscribe("jobs.points", ({ points: incoming }) => receive(incoming), id),
    whenConnected(client, () => void ask()),
  ];
  return () => {
    pending = null;
    for (const end of endings) end();
  };
}
