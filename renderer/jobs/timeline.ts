import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import type { JobBest } from "../../shared/contract/job-facts.ts";
import type { ChartMark } from "../charts/chart-series.ts";

/** Entries in order of their number, each once. */
export function mergeTimeline(
  entries: readonly TimelineEntry[],
  incoming: readonly TimelineEntry[],
): readonly TimelineEntry[] {
  const bySeq = new Map([...entries, ...incoming].map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}

/** The checkpoints and resumptions, as marks on a chart over steps. */
export function timelineMarks(entries: readonly TimelineEntry[]): readonly ChartMark[] {
  return entries.flatMap(({ kind, step }) =>
    step !== null && (kind === "checkpoint" || kind === "resumed") ? [{ x: step, kind }] : [],
  );
}

/** On the chart of the loss also the best validation, whose weights are kept. */
export function withBest(marks: readonly ChartMark[], best: JobBest | null): readonly ChartMark[] {
  return best === null ? marks : [...marks, { x: best.step, y: best.loss, kind: "best" }];
}
