import { createHash } from "node:crypto";
import { z } from "zod";
import type { Prices } from "../../shared/contract/costs.ts";
import type { MeteredAttempt, MonthShare } from "./reckon-attempt.ts";

const common = {
  currency: z.string(),
  /** The job's names stay with the record: it outlasts the job. */
  job_id: z.string(),
  job_name: z.string(),
  dataset: z.string(),
  project: z.string().nullable(),
  attempt: z.int(),
  started_at: z.string(),
  ended_at: z.string(),
};

export const energyDetailsSchema = z.object({
  ...common,
  /** Of the GPUs; null when there was no power sample. */
  kwh: z.number().nullable(),
  measured_gpu_seconds: z.number(),
  gap_gpu_seconds: z.number(),
  is_priced: z.boolean(),
  /** Of a flat price; null without one, and where it differs by hour. */
  price_per_kwh: z.number().nullable(),
  machine_overhead_share: z.number(),
});
export const gpuTimeDetailsSchema = z.object({
  ...common,
  seconds: z.number(),
  gpu_seconds: z.number(),
  gpus: z.array(z.string()),
  price_per_hour: z.number().nullable(),
  /** The same hours on rented GPUs; null where that is not known. */
  cloud_cost: z.number().nullable(),
});
export type EnergyDetails = z.infer<typeof energyDetailsSchema>;
export type GpuTimeDetails = z.infer<typeof gpuTimeDetailsSchema>;

interface RecordCommon {
  id: string;
  /** Null when the job has been deleted. */
  jobId: string | null;
  amount: number;
  billingPeriod: string;
  recordedAt: string;
}
export type CostRecord = RecordCommon &
  ({ type: "energy"; details: EnergyDetails } | { type: "gpu_time"; details: GpuTimeDetails });

export interface LedgerJob {
  id: string;
  name: string;
  dataset: string;
  project: string | null;
}

/**
 * The records of an attempt that has ended: of each month its time, and where it had GPUs their
 * energy. Made again they have the same ids, so that none can be entered twice.
 */
export function recordsOfAttempt(
  job: LedgerJob,
  metered: MeteredAttempt,
  endedAt: number,
  shares: readonly MonthShare[],
  prices: Prices,
  recordedAt: string,
): CostRecord[] {
  const detailsOfAll = {
    currency: prices.currency,
    job_id: job.id,
    job_name: job.name,
    dataset: job.dataset,
    project: job.project,
    attempt: metered.attempt,
    started_at: new Date(metered.startedAt * 1000).toISOString(),
    ended_at: new Date(endedAt * 1000).toISOString(),
  };
  return shares.flatMap((share): CostRecord[] => {
    const recordOf = (type: CostRecord["type"], amount: number | null): RecordCommon => ({
      id: recordId(job.id, metered.attempt, type, share.period),
      jobId: job.id,
      amount: amount ?? 0,
      billingPeriod: share.period,
      recordedAt,
    });
    const time: CostRecord = {
      ...recordOf("gpu_time", share.hardwareCost),
      type: "gpu_time",
      details: {
        ...detailsOfAll,
        seconds: share.seconds,
        gpu_seconds: share.gpuSeconds,
        gpus: [...metered.gpuNames],
        price_per_hour: prices.hardwarePerHour,
        cloud_cost: share.cloudCost,
      },
    };
    if (metered.gpuNames.length === 0) return [time];
    const { electricity } = prices;
    const energy: CostRecord = {
      ...recordOf("energy", share.energyCost),
      type: "energy",
      details: {
        ...detailsOfAll,
        kwh: share.kwh,
        measured_gpu_seconds: share.measuredGpuSeconds,
        gap_gpu_seconds: Math.max(0, share.gpuSeconds - share.measuredGpuSeconds),
        is_priced: share.energyCost !== null,
        price_per_kwh: electricity?.kind === "flat" ? electricity.perKwh : null,
        machine_overhead_share: prices.machineOverheadShare,
      },
    };
    return [energy, time];
  });
}

/** A UUID made of a name alone (version 8 of RFC 9562): the same record, the same id. */
function recordId(jobId: string, attempt: number, type: string, period: string): string {
  const hash = createHash("sha256").update(`cost ${jobId} ${attempt} ${type} ${period}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString("hex", 0, 16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
