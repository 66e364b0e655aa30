import type { MetricsBlockStore, MetricsSeries, StoredBlock } from "./metrics-block-store.ts";
import { ExtremesCollector } from "./metrics-extremes.ts";
import { blockOf, blockSteps, bucketEnd, LEVELS } from "./metrics-levels.ts";
import { FIELD, RECORD_FIELDS } from "./metrics-record.ts";

/** Takes records from `from` to before `to` (positions in the array). */
export type TakeRecords = (records: Float64Array, from: number, to: number) => void;

/**
 * The levels above 0 of a curve. What always holds after a commit: a block of them that has points
 * says the same as the blocks below it, unless the step written last is in it. That one is not
 * looked at, and is made when the run has left it.
 */
export class MetricsSummaries {
  readonly #blocks: MetricsBlockStore;

  constructor(blocks: MetricsBlockStore) {
    this.#blocks = blocks;
  }

  /**
   * Makes the levels right again after points were written.
   *
   * @param touched the blocks of level 0 that were written, and the one that was open before.
   */
  update(series: MetricsSeries, touched: Iterable<number>, openStep: number): void {
    let dirty = new Set(touched);
    for (let level = 1; level < LEVELS; level++) {
      const ratio = blockSteps(level) / blockSteps(level - 1);
      dirty = new Set(Array.from(dirty, (block) => Math.floor(block / ratio)));
      const open = blockOf(level, openStep);
      for (const block of dirty) {
        if (block !== open) this.#make(series.id, level, block, ratio);
      }
    }
  }

  #make(seriesId: number, level: number, block: number, ratio: number): void {
    const collector = new ExtremesCollector((step) => bucketEnd(level, step));
    const first = block * ratio;
    let points = 0;
    for (const below of this.#blocks.range(seriesId, level - 1, first, first + ratio - 1)) {
      points += below.points;
      collector.add(below.records);
    }
    if (points > 0)
      this.#blocks.save(seriesId, level, { block, points, records: collector.finish() });
  }

  /**
   * The curve from `from` to `to` (inclusive) at a level, in order of steps: whole buckets as the
   * level has them, and finer ones where a block is open or lies only partly within.
   *
   * @returns how many points of level 0 that stands for.
   */
  read(series: MetricsSeries, level: number, from: number, to: number, take: TakeRecords): number {
    if (from > to) return 0;
    if (level === 0) return this.#readPoints(series, from, to, take);
    const steps = blockSteps(level);
    const first = blockOf(level, from);
    const last = blockOf(level, to);
    const parts = new Set<number>();
    if (from > series.firstStep && from !== first * steps) parts.add(first);
    if (series.openStep !== null) parts.add(blockOf(level, series.openStep));
    if (to < series.lastStep && to !== (last + 1) * steps - 1) parts.add(last);
    let points = 0;
    let next = first;
    for (const part of [...parts].sort((a, b) => a - b)) {
      if (part < first || part > last) continue;
      points += this.#readWhole(series, level, next, part - 1, take);
      const start = Math.max(from, part * steps);
      const end = Math.min(to, (part + 1) * steps - 1);
      points += this.read(series, level - 1, start, end, take);
      next = part + 1;
    }
    return points + this.#readWhole(series, level, next, last, take);
  }

  #readWhole(
    series: MetricsSeries,
    level: number,
    first: number,
    last: number,
    take: TakeRecords,
  ): number {
    if (first > last) return 0;
    let points = 0;
    for (const stored of this.#blocks.range(series.id, level, first, last)) {
      points += stored.points;
      take(stored.records, 0, stored.records.length);
    }
    return points;
  }

  #readPoints(series: MetricsSeries, from: number, to: number, take: TakeRecords): number {
    let points = 0;
    for (const stored of this.#blocks.range(series.id, 0, blockOf(0, from), blockOf(0, to))) {
      const start = positionOf(stored, from);
      const end = positionOf(stored, to + 1);
      points += (end - start) / RECORD_FIELDS;
      if (end > start) take(stored.records, start, end);
    }
    return points;
  }
}

/** Where the first record at or behind `step` is. */
export function positionOf({ records }: StoredBlock, step: number): number {
  let at = 0;
  while (at < records.length && (records[at + FIELD.step] ?? 0) < step) at += RECORD_FIELDS;
  return at;
}
