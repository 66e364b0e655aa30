import {
  FIELD,
  type NewPoint,
  RECORD_FIELDS,
  writeEvaluation,
  writeStep,
} from "./metrics-record.ts";
import { blockSteps } from "./metrics-levels.ts";

const SLOTS = blockSteps(0);

/** A block of level 0 while points are put into it: each step has its slot. */
export class MetricsBlock {
  readonly #records = new Float64Array(SLOTS * RECORD_FIELDS);
  readonly #isTaken = new Uint8Array(SLOTS);
  readonly #isNew = new Uint8Array(SLOTS);
  #count = 0;

  /** Starts with what the store has of the block; null where it has nothing. */
  load(records: Float64Array | null): void {
    this.#isTaken.fill(0);
    this.#isNew.fill(0);
    this.#count = 0;
    if (records === null) return;
    for (let from = 0; from < records.length; from += RECORD_FIELDS) {
      const slot = (records[from] ?? 0) % SLOTS;
      this.#records.set(records.subarray(from, from + RECORD_FIELDS), slot * RECORD_FIELDS);
      this.#isTaken[slot] = 1;
      this.#count += 1;
    }
  }

  get count(): number {
    return this.#count;
  }

  /**
   * A step that is there already was taken again after a resume: its figures are replaced, an
   * evaluation that stood beside them stays until it is repeated.
   */
  put(point: NewPoint): void {
    const slot = point.step % SLOTS;
    const at = slot * RECORD_FIELDS;
    const isThere = this.#isTaken[slot] === 1;
    if (point.kind === "step") {
      if (!isThere) this.#records[at + FIELD.validationLoss] = Number.NaN;
      // Later than what it replaces even where the clock was set back: by that others tell.
      const recordedAtMs = isThere
        ? Math.max(point.recordedAtMs, (this.#records[at + FIELD.recordedAtMs] ?? 0) + 1)
        : point.recordedAtMs;
      writeStep(this.#records, at, { ...point, recordedAtMs });
    } else if (isThere) {
      this.#records[at + FIELD.validationLoss] = point.loss ?? Number.NaN;
    } else {
      writeEvaluation(this.#records, at, point);
    }
    if (!isThere) this.#count += 1;
    this.#isTaken[slot] = 1;
    this.#isNew[slot] = 1;
  }

  /** All records in order of steps, to be stored. */
  records(): Float64Array {
    return this.#chosen(this.#isTaken);
  }

  /** The records that were put in since it was loaded. */
  newRecords(): Float64Array {
    return this.#chosen(this.#isNew);
  }

  #chosen(isChosen: Uint8Array): Float64Array {
    const chosen = new Float64Array(isChosen.reduce((sum, one) => sum + one, 0) * RECORD_FIELDS);
    let to = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (isChosen[slot] !== 1) continue;
      const from = slot * RECORD_FIELDS;
      chosen.set(this.#records.subarray(from, from + RECORD_FIELDS), to);
      to += RECORD_FIELDS;
    }
    return chosen;
  }
}
