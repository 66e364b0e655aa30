import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { MetricsPointRow } from "../../shared/types/team-rows.ts";
import type { Store } from "../store/open-store.ts";
import { MetricsBlock } from "./metrics-block.ts";
import { MetricsBlockStore, type MetricsSeries } from "./metrics-block-store.ts";
import { blockOf } from "./metrics-levels.ts";
import { fieldOf, fieldOrNull, type NewPoint, pointsOf, RECORD_FIELDS } from "./metrics-record.ts";
import { MetricsSummaries, positionOf, type TakeRecords } from "./metrics-summaries.ts";
import { teamRowsOf, unnamedRowsOf } from "./metrics-team-rows.ts";

/** The curves of jobs: one point per optimiser step; the evaluation at a step shares its point. */
export class MetricsStore {
  readonly #blocks: MetricsBlockStore;
  readonly #summaries: MetricsSummaries;

  constructor(store: Store) {
    this.#blocks = new MetricsBlockStore(store);
    this.#summaries = new MetricsSummaries(this.#blocks);
  }

  /**
   * Stores points in the order in which they were measured; a step that is there already is
   * replaced.
   *
   * @returns the records of these steps as they are now, in pieces; where a step comes in several,
   *   the last one holds.
   */
  save(jobId: string, points: readonly NewPoint[]): Float64Array[] {
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined) return [];
    return this.#blocks.transaction(() => {
      const series = this.#find(jobId) ?? this.#blocks.createSeries(jobId, first.step);
      const touched = new Set([blockOf(0, series.openStep ?? first.step)]);
      const saved = this.#write(series, points, touched);
      series.openStep = last.step;
      this.#summaries.update(series, touched, last.step);
      this.#blocks.saveSeries(series);
      return saved;
    });
  }

  #write(series: MetricsSeries, points: readonly NewPoint[], touched: Set<number>): Float64Array[] {
    const saved: Float64Array[] = [];
    const block = new MetricsBlock();
    let present = -1;
    let before = 0;
    const store = () => {
      if (present === -1) return;
      const { count } = block;
      this.#blocks.save(series.id, 0, { block: present, points: count, records: block.records() });
      series.points += count - before;
      saved.push(block.newRecords());
    };
    for (const point of points) {
      const wanted = blockOf(0, point.step);
      if (wanted !== present) {
        store();
        block.load(this.#blocks.find(series.id, 0, wanted)?.records ?? null);
        present = wanted;
        before = block.count;
        touched.add(wanted);
      }
      block.put(point);
      series.firstStep = Math.min(series.firstStep, point.step);
      series.lastStep = Math.max(series.lastStep, point.step);
      if (point.kind === "evaluation" && point.loss !== null) {
        series.lastValidationStep = Math.max(series.lastValidationStep ?? 0, point.step);
      }
    }
    store();
    return saved;
  }

  /** The first and last step from `from` to `to` (inclusive); null where there is none. */
  extent(jobId: string, from: number, to: number): { first: number; last: number } | null {
    const series = this.#find(jobId);
    if (series === null || from > series.lastStep || to < series.firstStep) return null;
    const first = from <= series.firstStep ? series.firstStep : this.#firstStep(series, from);
    const last = to >= series.lastStep ? series.lastStep : this.#lastStep(series, to);
    return first > last ? null : { first, last };
  }

  #firstStep(series: MetricsSeries, from: number): number {
    for (const stored of this.#blocks.neighbours(series.id, blockOf(0, from), "up")) {
      const at = positionOf(stored, from);
      if (at < stored.records.length) return fieldOf(stored.records, at, "step");
    }
    return Number.POSITIVE_INFINITY;
  }

  #lastStep(series: MetricsSeries, to: number): number {
    for (const stored of this.#blocks.neighbours(series.id, blockOf(0, to), "down")) {
      const at = positionOf(stored, to + 1) - RECORD_FIELDS;
      if (at >= 0) return fieldOf(stored.records, at, "step");
    }
    return Number.NEGATIVE_INFINITY;
  }

  /**
   * The records of a level (see metrics-levels) from `from` to `to` (inclusive), in order.
   *
   * @returns how many points they stand for.
   */
  read(jobId: string, level: number, from: number, to: number, take: TakeRecords): number {
    const series = this.#find(jobId);
    if (series === null) return 0;
    const start = Math.max(from, series.firstStep);
    return this.#summaries.read(series, level, start, Math.min(to, series.lastStep), take);
  }

  list(jobId: string, from: number, to: number): MetricsPoint[] {
    const points: MetricsPoint[] = [];
    this.read(jobId, 0, from, to, (records, start, end) => {
      points.push(...pointsOf(records.subarray(start, end)));
    });
    return points;
  }

  /** The same points as rows of the team's table; a point has the same id whenever it is asked. */
  teamRows(jobId: string, from: number, to: number): MetricsPointRow[] {
    const rows: MetricsPointRow[] = [];
    this.read(jobId, 0, from, to, (records, start, end) => {
      rows.push(...teamRowsOf(jobId, records.subarray(start, end)));
    });
    return rows;
  }

  /** The same as they are sent: a project knows a point by its job and step. */
  unnamedRows(jobId: string, from: number, to: number): Omit<MetricsPointRow, "id">[] {
    const rows: Omit<MetricsPointRow, "id">[] = [];
    this.read(jobId, 0, from, to, (records, start, end) => {
      rows.push(...unnamedRowsOf(jobId, records.subarray(start, end)));
    });
    return rows;
  }

  lastValidationLoss(jobId: string): number | null {
    const series = this.#find(jobId);
    if (series === null || series.lastValidationStep === null) return null;
    let block = blockOf(0, series.lastValidationStep);
    // One turn, unless an evaluation was repeated and was not finite the second time.
    for (;;) {
      const [stored] = this.#blocks.neighbours(series.id, block, "down");
      if (stored === undefined) return null;
      const { records } = stored;
      for (let at = records.length - RECORD_FIELDS; at >= 0; at -= RECORD_FIELDS) {
        const loss = fieldOrNull(records, at, "validationLoss");
        if (loss !== null) return loss;
      }
      block = stored.block - 1;
    }
  }

  /** Removes at most `limit` blocks, so that a long curve does not hold up everything else. */
  removeSome(jobId: string, limit: number): number {
    const removed = this.#blocks.removeSome(jobId, limit);
    if (removed < limit) this.#blocks.removeSeries(jobId);
    return removed;
  }

  /** Curves that an older release stored come without their levels: those are made at first sight. */
  #find(jobId: string): MetricsSeries | null {
    const series = this.#blocks.findSeries(jobId);
    if (series === null || series.openStep !== null) return series;
    return this.#blocks.transaction(() => {
      const whole = { ...series, openStep: series.lastStep };
      this.#summaries.update(whole, this.#blocks.blockNumbers(whole.id), whole.lastStep);
      this.#blocks.saveSeries(whole);
      return whole;
    });
  }
}
