import type { ThrottleReason } from "../../shared/contract/gpus.ts";
import { Lasting } from "./lasting.ts";

/** Consumer and data-centre GPUs throttle from 83 to 95 °C on; beyond 87 °C cooling is short. */
export const HOT_C = 87;
const COOL_C = 84;
const SAMPLE_GAP_MS = 15_000;
/** Throttling comes and goes with the load: as long as it came again this soon it lasts. */
const LULL_MS = 10_000;

/** Those that mean that cooling or power supply is short; a power limit is a choice. */
const STRAINS: ReadonlySet<ThrottleReason> = new Set([
  "hardware_thermal",
  "software_thermal",
  "power_brake",
]);

export interface GpuFiguresOfSample {
  temperatureC: number | null;
  throttling: readonly ThrottleReason[] | null;
}

/** What the samples of one GPU say of its cooling and power supply. */
export class GpuStrain {
  readonly heat = new Lasting(SAMPLE_GAP_MS);
  readonly throttling = new Lasting(SAMPLE_GAP_MS);
  #throttledAtMs = Number.NEGATIVE_INFINITY;
  #reasons: readonly ThrottleReason[] = [];
  #temperatureC: number | null = null;

  /** @param atMs of a clock that is never set. */
  see(atMs: number, { temperatureC, throttling }: GpuFiguresOfSample): void {
    this.#temperatureC = temperatureC;
    if (temperatureC !== null) {
      this.heat.see(atMs, temperatureC >= HOT_C, temperatureC < COOL_C);
    }
    if (throttling === null) return;
    const strains = throttling.filter((reason) => STRAINS.has(reason));
    if (strains.length > 0) {
      this.#throttledAtMs = atMs;
      this.#reasons = strains;
    }
    const isThrottled = atMs - this.#throttledAtMs <= LULL_MS;
    this.throttling.see(atMs, isThrottled, !isThrottled);
  }

  get temperatureC(): number | null {
    return this.#temperatureC;
  }

  /** Why it was throttled last. */
  get reasons(): readonly ThrottleReason[] {
    return this.#reasons;
  }
}
