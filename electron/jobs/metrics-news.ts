import type { Publish } from "../../shared/contract/contract.ts";
import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import { ExtremesCollector } from "./metrics-extremes.ts";
import { FIELD, pointsOf, RECORD_FIELDS } from "./metrics-record.ts";

const INTERVAL_MS = 100;
/** More points than this between two batches are thinned out to their extremes. */
const MOST_POINTS = 4096;

/**
 * Tells of points that are in the store. While a long file is caught up with there are more commits
 * than anyone wants to hear of: their points are held, and told at most ten times a second.
 */
export class MetricsNews {
  readonly #publish: Publish;
  readonly #now: () => Date;
  readonly #held = new Map<string, Float64Array[]>();
  readonly #toldMs = new Map<string, number>();

  constructor(publish: Publish, now: () => Date) {
    this.#publish = publish;
    this.#now = now;
  }

  /** @param isMoreComing another commit, or a call of `tell`, follows at once. */
  add(jobId: string, saved: readonly Float64Array[], isMoreComing: boolean): void {
    const held = this.#held.get(jobId) ?? [];
    held.push(...saved);
    this.#held.set(jobId, held);
    const sinceMs = Math.abs(this.#now().getTime() - (this.#toldMs.get(jobId) ?? 0));
    if (!isMoreComing || sinceMs >= INTERVAL_MS) this.tell(jobId);
  }

  /** Tells what is held. */
  tell(jobId: string): void {
    const held = this.#held.get(jobId) ?? [];
    this.#held.delete(jobId);
    if (held.length === 0) return;
    this.#toldMs.set(jobId, this.#now().getTime());
    this.#publish("jobs.points", { id: jobId, points: pointsToTell(held) }, jobId);
  }

  forget(jobId: string): void {
    this.#held.delete(jobId);
    this.#toldMs.delete(jobId);
  }
}

function pointsToTell(pieces: readonly Float64Array[]): MetricsPoint[] {
  const points = new Map<number, MetricsPoint>();
  for (const piece of thinned(pieces)) {
    for (const point of pointsOf(piece)) points.set(point.step, point);
  }
  return [...points.values()];
}

function thinned(pieces: readonly Float64Array[]): readonly Float64Array[] {
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0) / RECORD_FIELDS;
  if (count <= MOST_POINTS) return pieces;
  const width = Math.ceil((2 * count) / MOST_POINTS);
  const collector = new ExtremesCollector((step) => (Math.floor(step / width) + 1) * width);
  for (const piece of pieces) collector.add(piece);
  const kept = collector.finish();
  // A window goes by the newest step, whatever its loss.
  const newest = pieces.at(-1)?.slice(-RECORD_FIELDS) ?? new Float64Array(0);
  return kept.at(FIELD.step - RECORD_FIELDS) === newest[FIELD.step] ? [kept] : [kept, newest];
}
