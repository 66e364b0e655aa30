import { z } from "zod";

/** A figure is null where the driver answers `[N/A]`, as laptops and MIG devices do. */
export const gpuSchema = z.object({
  index: z.int().nonnegative(),
  uuid: z.string().nullable(),
  name: z.string(),
  memoryTotalMb: z.number().nonnegative().nullable(),
  memoryUsedMb: z.number().nonnegative().nullable(),
  utilizationPercent: z.number().nullable(),
  temperatureC: z.number().nullable(),
  powerW: z.number().nullable(),
  powerLimitW: z.number().nullable(),
  isMigEnabled: z.boolean(),
});
export type Gpu = z.infer<typeof gpuSchema>;

export const driverSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("ready"), version: z.string() }),
  /** A normal state: training runs on the CPU. */
  z.object({ state: z.literal("missing"), message: z.string() }),
  z.object({ state: z.literal("broken"), message: z.string(), remedy: z.string() }),
]);

export const gpuReportSchema = z.object({
  driver: driverSchema,
  gpus: z.array(gpuSchema),
  cpu: z.object({
    name: z.string(),
    cores: z.int().positive(),
    memoryTotalMb: z.number().nonnegative(),
    memoryUsedMb: z.number().nonnegative(),
    loadPercent: z.number().nullable(),
  }),
  sampledAt: z.iso.datetime(),
});
export type GpuReport = z.infer<typeof gpuReportSchema>;

export const gpuProcedures = {
  "gpus.report": { input: z.object({}), output: gpuReportSchema },
} as const;

export const gpuTopics = {
  /** A fresh report every few seconds while anyone listens. */
  "gpus.changed": gpuReportSchema,
} as const;
