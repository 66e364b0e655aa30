import { FIELD, RECORD_FIELDS } from "./metrics-record.ts";

/** A record in the array that it came in. */
interface Place {
  records: Float64Array;
  at: number;
  value: number;
}
const NOWHERE: Place = { records: new Float64Array(0), at: -1, value: Number.NaN };

/**
 * Keeps of each group of steps the points of lowest and highest training loss and of lowest and
 * highest validation loss; of equal ones the first. Where no training loss is finite the first
 * point stands for them. Extremes of extremes are extremes, so what it kept can be given to it
 * again with wider groups.
 */
export class ExtremesCollector {
  readonly #groupEnd: (step: number) => number;
  #start = 0;
  #end = 0;
  #first: Place = NOWHERE;
  #training = { low: NOWHERE, high: NOWHERE };
  #validation = { low: NOWHERE, high: NOWHERE };
  #kept = new Float64Array(64 * RECORD_FIELDS);
  #length = 0;

  /** @param groupEnd the step behind the last one of the group that a step belongs to. */
  constructor(groupEnd: (step: number) => number) {
    this.#groupEnd = groupEnd;
  }

  /** Takes the records from `from` to before `to` (positions in the array), in order of steps. */
  add(records: Float64Array, from = 0, to = records.length): void {
    for (let at = from; at < to; at += RECORD_FIELDS) {
      const step = records[at + FIELD.step] ?? 0;
      if (step >= this.#end || step < this.#start) {
        this.#closeGroup();
        this.#start = step;
        this.#end = this.#groupEnd(step);
        this.#first = { records, at, value: Number.NaN };
      }
      widen(this.#training, records, at, records[at + FIELD.trainingLoss] ?? Number.NaN);
      widen(this.#validation, records, at, records[at + FIELD.validationLoss] ?? Number.NaN);
    }
  }

  /** What was kept, in order. */
  finish(): Float64Array {
    this.#closeGroup();
    return this.#kept.slice(0, this.#length);
  }

  #closeGroup(): void {
    if (this.#first === NOWHERE) return;
    const { low, high } = this.#training;
    const places = low === NOWHERE ? [this.#first] : [low, high];
    if (this.#validation.low !== NOWHERE) places.push(this.#validation.low, this.#validation.high);
    places.sort((a, b) => stepOf(a) - stepOf(b));
    let last = -1;
    for (const place of places) {
      const step = stepOf(place);
      if (step !== last) this.#keep(place);
      last = step;
    }
    this.#first = NOWHERE;
    this.#training = { low: NOWHERE, high: NOWHERE };
    this.#validation = { low: NOWHERE, high: NOWHERE };
  }

  #keep({ records, at }: Place): void {
    if (this.#length + RECORD_FIELDS > this.#kept.length) {
      const wider = new Float64Array(this.#kept.length * 2);
      wider.set(this.#kept);
      this.#kept = wider;
    }
    for (let field = 0; field < RECORD_FIELDS; field++) {
      this.#kept[this.#length + field] = records[at + field] ?? Number.NaN;
    }
    this.#length += RECORD_FIELDS;
  }
}

function widen(
  extremes: { low: Place; high: Place },
  records: Float64Array,
  at: number,
  value: number,
): void {
  if (Number.isNaN(value)) return;
  if (extremes.low === NOWHERE) {
    extremes.low = extremes.high = { records, at, value };
    return;
  }
  if (value < extremes.low.value) extremes.low = { records, at, value };
  if (value > extremes.high.value) extremes.high = { records, at, value };
}

function stepOf({ records, at }: Place): number {
  return records[at + FIELD.step] ?? 0;
}
