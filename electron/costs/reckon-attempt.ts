import type { Prices } from "../../shared/contract/costs.ts";
import { cloudPricePerHour } from "./cloud-price.ts";
import { type Energy, QUARTER_SECONDS } from "./power-integral.ts";

export const JOULES_PER_KWH = 3_600_000;

/** An attempt as the ledger knows it. Times are seconds since 1970. */
export interface MeteredAttempt {
  jobId: string;
  attempt: number;
  startedAt: number;
  /** One for each GPU that it holds; empty on the CPU. */
  gpuNames: readonly string[];
  byQuarter: ReadonlyMap<number, Energy>;
}

/** What an attempt took and costs in one month of the local calendar. */
export interface MonthShare {
  /** 2026-03 */
  period: string;
  seconds: number;
  gpuSeconds: number;
  measuredGpuSeconds: number;
  /** Of the GPUs; null when there was no power sample. */
  kwh: number | null;
  /** Null without a price. */
  energyCost: number | null;
  hardwareCost: number | null;
  cloudCost: number | null;
}

/** Parts an attempt by months and prices each part. What was not measured costs nothing. */
export function reckonAttempt(
  metered: MeteredAttempt,
  until: number,
  prices: Prices,
): MonthShare[] {
  const { startedAt, gpuNames, byQuarter } = metered;
  const shares = new Map<string, MonthShare>();
  const cloudPerHour = cloudPricePerHour(gpuNames, prices);
  for (const { period, seconds } of monthsOf(startedAt, until)) {
    const hours = seconds / 3600;
    shares.set(period, {
      ...emptyShare(period),
      seconds,
      gpuSeconds: seconds * gpuNames.length,
      hardwareCost: prices.hardwarePerHour === null ? null : hours * prices.hardwarePerHour,
      cloudCost: cloudPerHour === null ? null : hours * cloudPerHour,
    });
  }
  for (const [quarter, { joules, gpuSeconds }] of byQuarter) {
    const begin = new Date(quarter * QUARTER_SECONDS * 1000);
    const period = periodOf(begin);
    const share = shares.get(period) ?? emptyShare(period);
    const kwh = joules / JOULES_PER_KWH;
    const cost = costOfEnergy(kwh, begin.getHours(), prices);
    shares.set(period, {
      ...share,
      measuredGpuSeconds: share.measuredGpuSeconds + gpuSeconds,
      kwh: (share.kwh ?? 0) + kwh,
      energyCost: cost === null ? null : (share.energyCost ?? 0) + cost,
    });
  }
  return [...shares.values()].toSorted((a, b) => (a.period < b.period ? -1 : 1));
}

/** With what the rest of the machine takes besides. @param hour of the day, local. */
export function costOfEnergy(kwh: number, hour: number, prices: Prices): number | null {
  const { electricity, machineOverheadShare } = prices;
  if (electricity === null) return null;
  const perKwh = electricity.kind === "flat" ? electricity.perKwh : (electricity.perKwh[hour] ?? 0);
  return kwh * (1 + machineOverheadShare) * perKwh;
}

/** The year and month of the local calendar. */
export function periodOf(time: Date): string {
  return `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, "0")}`;
}

function monthsOf(from: number, until: number): { period: string; seconds: number }[] {
  const end = Math.max(from, until);
  const months: { period: string; seconds: number }[] = [];
  let start = from;
  do {
    const date = new Date(start * 1000);
    const next = new Date(date.getFullYear(), date.getMonth() + 1, 1).getTime() / 1000;
    const stop = Math.min(end, next);
    months.push({ period: periodOf(date), seconds: stop - start });
    start = stop;
  } while (start < end);
  return months;
}

function emptyShare(period: string): MonthShare {
  return {
    period,
    seconds: 0,
    gpuSeconds: 0,
    measuredGpuSeconds: 0,
    kwh: null,
    energyCost: null,
    hardwareCost: null,
    cloudCost: null,
  };
}
