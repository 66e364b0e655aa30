import { z } from "zod";

/** What electricity and the machine cost; in the settings. Amounts are in `currency`. */
export const pricesSchema = z.object({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default("EUR"),
  electricity: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("flat"), perKwh: z.number().nonnegative() }),
      /** Local time; the price of each hour of the day. */
      z.object({
        kind: z.literal("by_hour"),
        perKwh: z.array(z.number().nonnegative()).length(24),
      }),
    ])
    .nullable()
    .default(null),
  /** Wear and purchase of the machine per hour of training; null: left out. */
  hardwarePerHour: z.number().nonnegative().nullable().default(null),
  /** Share of the GPUs' energy that the rest of the machine takes besides: 0.3 is 30 %. */
  machineOverheadShare: z.number().min(0).max(5).default(0),
  /**
   * What one US dollar is in `currency`: what a GPU costs to rent is known in dollars. Null: a
   * typical rate, where one is known.
   */
  unitsPerDollar: z.number().positive().nullable().default(null),
});
export type Prices = z.infer<typeof pricesSchema>;

/** Energy by the trapezoid rule over the GPUs' power samples; nothing is assumed where none are. */
export const attemptCostSchema = z.object({
  attempt: z.int().positive(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  seconds: z.number().nonnegative(),
  gpuSeconds: z.number().nonnegative(),
  /** Seconds × GPUs of which the power is known, and of which it is not. */
  measuredGpuSeconds: z.number().nonnegative(),
  gapGpuSeconds: z.number().nonnegative(),
  /** Of the GPUs. Null when there was no power sample at all (CPU runs). */
  energyKwh: z.number().nonnegative().nullable(),
  energyCost: z.number().nonnegative().nullable(),
  hardwareCost: z.number().nonnegative().nullable(),
  /** The same GPU-hours at a typical cloud price; null where the card's price is not known. */
  cloudCost: z.number().nonnegative().nullable(),
});
export type AttemptCost = z.infer<typeof attemptCostSchema>;

export const costTotalSchema = z.object({
  /** 2026-03, a dataset's or a project's name. */
  label: z.string(),
  runs: z.int().nonnegative(),
  hours: z.number().nonnegative(),
  gpuHours: z.number().nonnegative(),
  energyKwh: z.number().nonnegative(),
  gapGpuHours: z.number().nonnegative(),
  energyCost: z.number().nonnegative(),
  hardwareCost: z.number().nonnegative(),
  cloudCost: z.number().nonnegative(),
});
export type CostTotal = z.infer<typeof costTotalSchema>;

export const costEstimateSchema = z.object({
  seconds: z.number().nonnegative().nullable(),
  energyKwh: z.number().nonnegative().nullable(),
  energyCost: z.number().nonnegative().nullable(),
  hardwareCost: z.number().nonnegative().nullable(),
  cloudCost: z.number().nonnegative().nullable(),
  /** What it rests on, in words: "412 measured steps of “tone 3” on the same GPU". */
  basis: z.string(),
});
export type CostEstimate = z.infer<typeof costEstimateSchema>;

export const costProcedures = {
  "costs.ofJob": {
    input: z.object({ id: z.uuid() }),
    output: z.object({ currency: z.string(), attempts: z.array(attemptCostSchema) }),
  },
  "costs.totals": {
    input: z.object({ by: z.enum(["month", "dataset", "project"]) }),
    output: z.object({ currency: z.string(), totals: z.array(costTotalSchema) }),
  },
  /** The ledger's records as CSV (RFC 4180). */
  "costs.csv": { input: z.object({}), output: z.object({ text: z.string() }) },
  "costs.setPrices": { input: pricesSchema, output: pricesSchema },
  "costs.prices": { input: z.object({}), output: pricesSchema },
} as const;

export const costTopics = {
  /** A run's energy has been entered or corrected. */
  "costs.changed": z.object({ jobId: z.uuid().nullable() }),
} as const;
