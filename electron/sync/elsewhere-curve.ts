import { z } from "zod";
import type { ProjectApi } from "../teams/project-api.ts";
import { type CurveRow, curveRowSchema } from "./elsewhere-points.ts";

/** The API gives no more rows at once. */
export const CURVE_PAGE = 1000;
const PARALLEL = 4;

export interface CurveRange {
  afterStep: number;
  /** Inclusive; null: to the end. */
  untilStep: number | null;
  /** Only what was measured then or later. */
  recordedFrom: string | null;
}

/** Where the points of a job are read: in order of steps, at most CURVE_PAGE of them. */
export interface CurveSource {
  page(range: CurveRange): Promise<CurveRow[]>;
  /** Null where there is no point. */
  lastStep(): Promise<number | null>;
  /** How many points there are. */
  count(): Promise<number>;
}

/** Of a job of the account's own, which its user may read in the table. */
export function ownCurve(api: ProjectApi, jobId: string): CurveSource {
  const select = Object.keys(curveRowSchema.shape).join(",");
  const read = (filter: Record<string, string>) =>
    api.select(
      "metrics_points",
      { select, job_id: `eq.${jobId}`, ...filter },
      z.array(curveRowSchema),
    );
  return {
    page: ({ afterStep, untilStep, recordedFrom }) =>
      read({
        ...(untilStep === null
          ? { step: `gt.${afterStep}` }
          : { and: `(step.gt.${afterStep},step.lte.${untilStep})` }),
        ...(recordedFrom === null ? {} : { recorded_at: `gte.${recordedFrom}` }),
        order: "step",
        limit: String(CURVE_PAGE),
      }),
    lastStep: async () => (await read({ order: "step.desc", limit: "1" }))[0]?.step ?? null,
    count: () => api.count("metrics_points", { job_id: `eq.${jobId}` }),
  };
}

const sharedReplySchema = z.object({
  last_step: z.int().nullable(),
  total: z.int().nullable(),
  points: z.array(curveRowSchema),
});

/** Of a job that another shows the account. */
export function sharedCurve(api: ProjectApi, jobId: string): CurveSource {
  const read = (values: object) =>
    api.call("shared_metrics", { job_id: jobId, ...values }, sharedReplySchema);
  return {
    page: async ({ afterStep, untilStep, recordedFrom }) => {
      const { points } = await read({
        after_step: afterStep,
        until_step: untilStep,
        recorded_from: recordedFrom,
        page_size: CURVE_PAGE,
      });
      return points;
    },
    lastStep: async () => (await read({ page_size: 1 })).last_step,
    count: async () => (await read({ page_size: 0 })).total ?? 0,
  };
}

/**
 * All points of a job that were measured at a time or later. The first page tells how densely they
 * lie; the rest is read in as many ranges of that width, some at once.
 */
export async function readCurve(
  source: CurveSource,
  recordedFrom: string | null,
): Promise<CurveRow[]> {
  const head = await source.page({ afterStep: -1, untilStep: null, recordedFrom });
  const reached = head.at(-1)?.step;
  if (head.length < CURVE_PAGE || reached === undefined) return head;
  const last = (await source.lastStep()) ?? reached;
  const width = Math.max(1, reached - (head[0]?.step ?? 0));
  const ranges: { afterStep: number; untilStep: number }[] = [];
  for (let afterStep = reached; afterStep < last; afterStep += width) {
    ranges.push({ afterStep, untilStep: Math.min(last, afterStep + width) });
  }
  const parts: CurveRow[][] = ranges.map(() => []);
  const waiting = ranges.entries();
  const readSome = async () => {
    // One iterator for all of them: each range is taken once.
    for (const [index, range] of waiting)
      parts[index] = await readRange(source, range, recordedFrom);
  };
  await Promise.all(Array.from({ length: PARALLEL }, readSome));
  return [head, ...parts].flat();
}

async function readRange(
  source: CurveSource,
  range: { afterStep: number; untilStep: number },
  recordedFrom: string | null,
): Promise<CurveRow[]> {
  const rows: CurveRow[] = [];
  for (;;) {
    const afterStep = rows.at(-1)?.step ?? range.afterStep;
    const page = await source.page({ ...range, afterStep, recordedFrom });
    rows.push(...page);
    if (page.length < CURVE_PAGE) return rows;
  }
}
