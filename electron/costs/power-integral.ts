import type { PowerSample } from "../../shared/contract/run-folder.ts";

/** How often the runner asks for the power. */
export const SAMPLE_SECONDS = 2;
/** Neighbours further apart have a gap between them, of which nothing is known. */
const WIDEST_SECONDS = 3 * SAMPLE_SECONDS;
/** Hours of the day begin on quarters of an hour since 1970 in every time zone in use. */
export const QUARTER_SECONDS = 900;

export interface LastSample {
  ts: number;
  powerW: number;
}
/** Of each GPU the last sample of which the power is known. */
export type LastSamples = Readonly<Record<string, LastSample>>;

export interface Energy {
  joules: number;
  /** Seconds × GPUs over which it was measured. */
  gpuSeconds: number;
}

/**
 * Adds up what the GPUs drew, by quarter of an hour, with the trapezoid rule: between two samples
 * the power is taken to change evenly. A sample without a power is none. Pure: what it returns as
 * `last` goes into the next call, so that the sum is the same however the samples are parted.
 */
export function integratePower(
  before: LastSamples,
  samples: readonly PowerSample[],
): { last: LastSamples; byQuarter: ReadonlyMap<number, Energy> } {
  const last: Record<string, LastSample> = { ...before };
  const byQuarter = new Map<number, Energy>();
  for (const { ts, gpus } of samples) {
    for (const { uuid, power_w: powerW } of gpus) {
      if (powerW === null) continue;
      const from = last[uuid];
      last[uuid] = { ts, powerW };
      // A clock that was set back begins anew; so does a gap.
      if (from !== undefined && ts > from.ts && ts - from.ts <= WIDEST_SECONDS) {
        addStretch(byQuarter, from, { ts, powerW });
      }
    }
  }
  return { last, byQuarter };
}

/** Cut where a quarter begins: the price may be another one there. */
function addStretch(byQuarter: Map<number, Energy>, from: LastSample, to: LastSample): void {
  const slope = (to.powerW - from.powerW) / (to.ts - from.ts);
  const powerAt = (ts: number) => from.powerW + slope * (ts - from.ts);
  let start = from.ts;
  while (start < to.ts) {
    const quarter = Math.floor(start / QUARTER_SECONDS);
    const end = Math.min(to.ts, (quarter + 1) * QUARTER_SECONDS);
    const seconds = end - start;
    const energy = byQuarter.get(quarter) ?? { joules: 0, gpuSeconds: 0 };
    energy.joules += ((powerAt(start) + powerAt(end)) / 2) * seconds;
    energy.gpuSeconds += seconds;
    byQuarter.set(quarter, energy);
    start = end;
  }
}
