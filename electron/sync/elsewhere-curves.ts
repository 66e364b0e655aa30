import { type CurveSource, readCurve } from "./elsewhere-curve.ts";
import { mergeRecords, newestMs, recordsOf } from "./elsewhere-points.ts";

/** A curve that is looked at again after that is read anew. */
const KEPT_MS = 120_000;
const KEPT_CURVES = 3;
/** What was measured so long before the newest point may still come or be added to. */
const OVERLAP_MS = 600_000;

interface Curve {
  records: Float64Array;
  readAtMs: number;
}

/** The curves that somebody looks at: what is there is kept, so that only what is new is asked for. */
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
    const nowMs = this.#now().getTime();
    const kept = this.#curves.get(jobId);
    const isFresh = kept !== undefined && Math.abs(nowMs - kept.readAtMs) < KEPT_MS;
    const older = isFresh ? kept.records : new Float64Array(0);
    const newest = newestMs(older);
    const from = newest === null ? null : new Date(newest - OVERLAP_MS).toISOString();
    const rows = await readCurve(source, from);
    const records = mergeRecords(older, recordsOf(rows));
    // The last one looked at goes to the end; the first is the one to be forgotten.
    this.#curves.delete(jobId);
    this.#curves.set(jobId, { records, readAtMs: nowMs });
    const [first] = this.#curves.keys();
    if (this.#curves.size > KEPT_CURVES && first !== undefined) this.#curves.delete(first);
    return records;
  }
}
