import type { AttemptCost } from "../../shared/contract/costs.ts";

export type CostSum = Pick<
  AttemptCost,
  | "seconds"
  | "gpuSeconds"
  | "measuredGpuSeconds"
  | "gapGpuSeconds"
  | "energyKwh"
  | "energyCost"
  | "hardwareCost"
  | "cloudCost"
>;

/** What is known is added up; a figure that no attempt knows stays unknown. */
export function sumOf(attempts: readonly AttemptCost[]): CostSum {
  const total = (name: "seconds" | "gpuSeconds" | "measuredGpuSeconds" | "gapGpuSeconds"): number =>
    attempts.reduce((sum, attempt) => sum + attempt[name], 0);
  const known = (
    name: "energyKwh" | "energyCost" | "hardwareCost" | "cloudCost",
  ): number | null => {
    const values = attempts.map((attempt) => attempt[name]).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  };
  return {
    seconds: total("seconds"),
    gpuSeconds: total("gpuSeconds"),
    measuredGpuSeconds: total("measuredGpuSeconds"),
    gapGpuSeconds: total("gapGpuSeconds"),
    energyKwh: known("energyKwh"),
    energyCost: known("energyCost"),
    hardwareCost: known("hardwareCost"),
    cloudCost: known("cloudCost"),
  };
}

/** Electricity and hardware together; null where neither has a price. */
export function ownCost(sum: Pick<CostSum, "energyCost" | "hardwareCost">): number | null {
  const { energyCost, hardwareCost } = sum;
  if (energyCost === null && hardwareCost === null) return null;
  return (energyCost ?? 0) + (hardwareCost ?? 0);
}

/** "3.4 times as much"; null where there is nothing to compare. */
export function cloudWords(own: number | null, cloud: number | null): string | undefined {
  if (own === null || cloud === null || own <= 0 || cloud <= 0) return undefined;
  const ratio = cloud / own;
  if (ratio >= 0.95 && ratio < 1.05) return "about as much";
  return ratio > 1 ? `${times(ratio)} times as much` : `${times(1 / ratio)} times less`;
}

const times = (ratio: number): string => String(Number(ratio.toPrecision(2)));
