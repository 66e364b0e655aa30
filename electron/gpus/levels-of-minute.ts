import type { GpuFigures } from "./gpu-fields.ts";

/** What is kept of a sample. */
export const MEASURES = ["utilizationPercent", "memoryUsedMb", "temperatureC", "powerW"] as const;
export type Measure = (typeof MEASURES)[number];

export interface Level {
  mean: number;
  peak: number;
}
export type Levels = Record<Measure, Level | null>;

/** Gathers samples into their means and peaks. What a sample does not tell counts for nothing. */
export class LevelsOfMinute {
  readonly minute: number;
  #samples = 0;
  readonly #sums = new Map<Measure, { sum: number; count: number; peak: number }>();

  constructor(minute: number) {
    this.minute = minute;
  }

  get samples(): number {
    return this.#samples;
  }

  add(gpu: Pick<GpuFigures, Measure>): void {
    this.#samples += 1;
    for (const measure of MEASURES) {
      const value = gpu[measure];
      if (value === null) continue;
      const so = this.#sums.get(measure) ?? { sum: 0, count: 0, peak: value };
      this.#sums.set(measure, {
        sum: so.sum + value,
        count: so.count + 1,
        peak: Math.max(so.peak, value),
      });
    }
  }

  levels(): Levels {
    const level = (measure: Measure): Level | null => {
      const so = this.#sums.get(measure);
      return so === undefined ? null : { mean: so.sum / so.count, peak: so.peak };
    };
    return {
      utilizationPercent: level("utilizationPercent"),
      memoryUsedMb: level("memoryUsedMb"),
      temperatureC: level("temperatureC"),
      powerW: level("powerW"),
    };
  }
}
