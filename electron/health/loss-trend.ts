import { median } from "./median.ts";

const KEPT = 200;
/** Before so many losses there is no usual one. */
const LEAST_KEPT = 20;
const FACTOR = 3;
const CALM_FACTOR = 2;
/** Where the loss is next to nothing, three times of it is nothing either. In nats per token. */
const LEAST_RISE = 0.5;
const MEDIAN_EVERY = 10;

/**
 * Whether the training loss stays far above what it used to be: more than three times its running
 * median. Losses that do so are left out of the median, or it would get used to them.
 */
export class LossTrend {
  readonly #usual: number[] = [];
  #median: number | null = null;
  #untilMedian = 0;
  #highFrom: number | null = null;
  #calmFrom: number | null = null;
  #step = 0;
  #last: number | null = null;

  /** A loss that is not finite is the trainer's own affair: it ends. */
  add(step: number, loss: number | null): void {
    if (loss === null || !Number.isFinite(loss) || step === this.#step) return;
    if (step < this.#step) {
      // Taken again from a checkpoint.
      this.#highFrom = null;
      this.#calmFrom = null;
    }
    this.#step = step;
    this.#last = loss;
    const usual = this.#median;
    const isHigh = usual !== null && loss > usual * FACTOR && loss > usual + LEAST_RISE;
    const isCalm = usual === null || loss <= Math.max(usual * CALM_FACTOR, usual + LEAST_RISE);
    this.#highFrom = isHigh ? (this.#highFrom ?? step) : null;
    this.#calmFrom = isCalm ? (this.#calmFrom ?? step) : null;
    if (!isHigh) this.#keep(loss);
  }

  /** Steps in a row, up to the present one. */
  get highSteps(): number {
    return this.#highFrom === null ? 0 : this.#step - this.#highFrom + 1;
  }
  get calmSteps(): number {
    return this.#calmFrom === null ? 0 : this.#step - this.#calmFrom + 1;
  }
  get usual(): number | null {
    return this.#median;
  }
  get last(): number | null {
    return this.#last;
  }

  #keep(loss: number): void {
    this.#usual.push(loss);
    if (this.#usual.length > KEPT) this.#usual.shift();
    this.#untilMedian -= 1;
    if (this.#untilMedian > 0 || this.#usual.length < LEAST_KEPT) return;
    this.#untilMedian = MEDIAN_EVERY;
    this.#median = median(this.#usual);
  }
}
