import { z } from "zod";

/** Why a GPU runs below the clocks that it could have. Being idle is none. */
export const throttleReasonSchema = z.enum([
  "power_cap",
  "hardware_slowdown",
  "software_thermal",
  "hardware_thermal",
  "power_brake",
  "sync_boost",
]);
export type ThrottleReason = z.infer<typeof throttleReasonSchema>;

/** A program that computes on a GPU. */
export const gpuProcessSchema = z.object({
  pid: z.int().positive(),
  /** As the driver tells it: usually the program's path. */
  name: z.string(),
  /** Null where the driver does not tell, as on Windows. */
  memoryMb: z.number().nonnegative().nullable(),
  /** The run of LoRA Desk that it belongs to; null for a program that is not ours. */
  jobId: z.string().nullable(),
});
export type GpuProcess = z.infer<typeof gpuProcessSchema>;

/**
 * A figure is null where the driver answers `[N/A]`, as laptops and MIG devices do. The optional
 * ones are always there in what this release's core tells.
 */
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
  /** As in the kernel's log, "0000:3b:00". */
  pciAddress: z.string().nullable().exactOptional(),
  smClockMhz: z.number().nonnegative().nullable().exactOptional(),
  memoryClockMhz: z.number().nonnegative().nullable().exactOptional(),
  /** Empty at full pace; null where the driver does not tell. */
  throttling: z.array(throttleReasonSchema).nullable().exactOptional(),
  /** It was there and the driver has lost it: nothing runs on it until the computer restarts. */
  isLost: z.boolean().exactOptional(),
  /** Empty when no program computes on it; null while that is not known. */
  processes: z.array(gpuProcessSchema).nullable().exactOptional(),
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

export const MOST_HISTORY_MINUTES = 30 * 24 * 60;

/** Means over the stretch that begins at `at`, and the greatest value in it. */
export const gpuHistoryPointSchema = z.object({
  at: z.iso.datetime(),
  utilizationPercent: z.number().nullable(),
  utilizationPeakPercent: z.number().nullable(),
  memoryUsedMb: z.number().nullable(),
  memoryPeakMb: z.number().nullable(),
  temperatureC: z.number().nullable(),
  temperaturePeakC: z.number().nullable(),
  powerW: z.number().nullable(),
  powerPeakW: z.number().nullable(),
});
export type GpuHistoryPoint = z.infer<typeof gpuHistoryPointSchema>;

export const gpuHistorySchema = z.object({
  uuid: z.string(),
  /** The stretch that a point stands for. Points further apart have a gap between them. */
  intervalMs: z.int().positive(),
  /** Oldest first. */
  points: z.array(gpuHistoryPointSchema),
});
export type GpuHistory = z.infer<typeof gpuHistorySchema>;

/** An Xid error of the NVIDIA driver, from the kernel's log. */
export const gpuFaultSchema = z.object({
  /** The same fault has the same id whenever it is read. */
  id: z.string(),
  at: z.iso.datetime(),
  /** Null where no GPU of that address has been seen. */
  uuid: z.string().nullable(),
  /** As in the kernel's log, "0000:3b:00". */
  pci: z.string(),
  xid: z.int().nonnegative(),
  pid: z.int().positive().nullable(),
  processName: z.string().nullable(),
  /** What the driver wrote after the number. */
  text: z.string(),
  title: z.string(),
  advice: z.string(),
  /** Whether the same run may succeed when it is simply started again. */
  canRetryHelp: z.boolean(),
});
export type GpuFault = z.infer<typeof gpuFaultSchema>;

export const gpuProcedures = {
  "gpus.report": { input: z.object({}), output: gpuReportSchema },
  /** Every two seconds for up to ten minutes back, at least a minute apart beyond. */
  "gpus.history": {
    input: z.object({
      uuid: z.string().min(1).max(200),
      minutes: z.int().min(1).max(MOST_HISTORY_MINUTES),
    }),
    output: gpuHistorySchema,
  },
  /** Since the computer started, as far as its log goes back; newest first. */
  "gpus.faults": { input: z.object({}), output: z.array(gpuFaultSchema) },
} as const;

export const gpuTopics = {
  /** A fresh report every few seconds while anyone listens. */
  "gpus.changed": gpuReportSchema,
  "gpus.fault": gpuFaultSchema,
} as const;
