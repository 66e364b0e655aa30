import { RECORD_FIELDS } from "../jobs/metrics-record.ts";
import { type CurveSource, readCurve } from "./elsewhere-curve.ts";
import { mergeRecords, newestMs, recordsOf } from "./elsewhere-points.ts";

/** A curve that is looked at again after that is read anew. */
const KEPT_MS = 120_000;
const KEPT_CURVES = 3;
/** What was measured so long before the newest point may still come or be added to. */
const OVERLAP_MS = 600_000;
/** However a curve is watched, it is read whole so often. */
const WHOLE_EVERY_MS = 60_000;
/** A long one more seldom, so that this takes a twentieth of the time at most. */
const WHOLE_SHARE = 20;

interface Curve {
  records: Float64Array;
  readAtMs: number;
  wholeAtMs: number;
  wholeTookMs: number;
}

/**
 * The curves that somebody looks at: what is there is kept, so that mostly only what was measured
 * lately is asked for. The clock that measured may have been set back, and blocks may come in any
 * order: where the project has another number of points the curve is read whole, and now and then
 * in any case, since old points can change, too.
 */
export class ElsewhereCurves {
  readonly #now: () => Date;
  readonly #curves = new Map<string, Curve>();
  readonly #reading = new Map<string, Promise<Float64Array>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  read(jobId: string, source: CurveSource): Promise<Float64Array> {
    const present = this.#reading.get(jobId);
    if (present !== undefined) return present;
    const reading = this.#read(jobId, source).finally(() => this.#reading.delete(jobId));
    this.#reading.set(jobId, reading);
    return reading;
  }

  async #read(jobId: string, source: CurveSource): Promise<Float64Array> {
    const kept = this.#curves.get(jobId);
    const followed = kept === undefined ? null : await this.#follow(kept, source);
    const curve = followed ?? (await this.#readWhole(source));
    // The last one looked at goes to the end; the first is the one to be forgotten.
    this.#curves.delete(jobId);
    this.#curves.set(jobId, curve);
    const [first] = this.#curves.keys();
    if (this.#curves.size > KEPT_CURVES && first !== undefined) this.#curves.delete(first);
    return curve.records;
  }

  /** With what was measured since; null where that is not enough. */
  async #follow(kept: Curve, source: CurveSource): Promise<Curve | null> {
    const nowMs = this.#nowMs();
    const wholeEveryMs = Math.max(WHOLE_EVERY_MS, WHOLE_SHARE * kept.wholeTookMs);
    if (distance(nowMs, kept.readAtMs) >= KEPT_MS) return null;
    if (distance(nowMs, kept.wholeAtMs) >= wholeEveryMs) return null;
    // Counted first: what comes meanwhile is then at most more than that.
    const count = await source.count();
    if (kept.records.length / RECORD_FIELDS > count) return null;
    const newest = newestMs(kept.records);
    const from = newest === null ? null : new Date(newest - OVERLAP_MS).toISOString();
    const rows = await readCurve(source, from);
    const records = mergeRecords(kept.records, recordsOf(rows));
    if (records.length / RECORD_FIELDS < count) return null;
    return { ...kept, records, readAtMs: nowMs };
  }

  async #readWhole(source: CurveSource): Promise<Curve> {
    const nowMs = this.#nowMs();
    const records = recordsOf(await readCurve(source, null));
    const wholeTookMs = distance(this.#nowMs(), nowMs);
    return { records, readAtMs: nowMs, wholeAtMs: nowMs, wholeTookMs };
  }

  #nowMs(): number {
    return this.#now().getTime();
  }
}

/** The clock here may be set back, too. */
function distance(a: number, b: number): number {
  return Math.abs(a - b);
}
