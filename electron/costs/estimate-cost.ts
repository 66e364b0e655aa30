import type { Prices } from "../../shared/contract/costs.ts";
import { type Energy, QUARTER_SECONDS } from "./power-integral.ts";
import { JOULES_PER_KWH, type MonthShare, reckonAttempt } from "./reckon-attempt.ts";

/** Beyond it the price of electricity is the mean of these first days. */
const PRICED_SECONDS = 28 * 86_400;

export interface ExpectedCost {
  energyKwh: number | null;
  energyCost: number | null;
  hardwareCost: number | null;
  cloudCost: number | null;
}

/**
 * What a run costs that begins now and draws the same power throughout.
 *
 * @param powerW of one GPU; null where it is not known.
 */
export function estimateCost(
  expected: { seconds: number; gpuNames: readonly string[]; powerW: number | null },
  prices: Prices,
  now: Date,
): ExpectedCost {
  const { seconds, gpuNames, powerW } = expected;
  const startedAt = now.getTime() / 1000;
  const priced = Math.min(seconds, PRICED_SECONDS);
  const joulesPerSecond = (powerW ?? 0) * gpuNames.length;
  const byQuarter = new Map<number, Energy>();
  let at = joulesPerSecond > 0 ? startedAt : startedAt + priced;
  while (at < startedAt + priced) {
    const quarter = Math.floor(at / QUARTER_SECONDS);
    const end = Math.min(startedAt + priced, (quarter + 1) * QUARTER_SECONDS);
    const joules = joulesPerSecond * (end - at);
    byQuarter.set(quarter, { joules, gpuSeconds: gpuNames.length * (end - at) });
    at = end;
  }
  const metered = { jobId: "", attempt: 1, startedAt, gpuNames, byQuarter };
  const shares = reckonAttempt(metered, startedAt + priced, prices);
  const scale = priced > 0 ? seconds / priced : 0;
  return {
    energyKwh: powerW === null ? null : (joulesPerSecond * seconds) / JOULES_PER_KWH,
    energyCost: sumOf(shares, "energyCost", scale),
    hardwareCost: sumOf(shares, "hardwareCost", scale),
    cloudCost: sumOf(shares, "cloudCost", scale),
  };
}

function sumOf(
  shares: readonly MonthShare[],
  of: "energyCost" | "hardwareCost" | "cloudCost",
  scale: number,
): number | null {
  const known = shares.map((share) => share[of]).filter((value) => value !== null);
  return known.length === 0 ? null : scale * known.reduce((sum, value) => sum + value, 0);
}
