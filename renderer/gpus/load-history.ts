import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";

/** The latest utilisation of each device in percent, oldest first, by `deviceKey` or `CPU_KEY`. */
export type LoadHistory = ReadonlyMap<string, readonly number[]>;

export const CPU_KEY = "cpu";

/** At a reading every two seconds: the last three minutes. */
const MOST_READINGS = 90;

/** The index is what is left to tell devices apart where the driver tells no UUID. */
export function deviceKey({ uuid, index }: Gpu): string {
  return uuid ?? `index ${index}`;
}

/** Devices that are gone take their history with them; a reading without a figure adds nothing. */
export function withReading(history: LoadHistory, report: GpuReport): LoadHistory {
  const readings: [string, number | null][] = [
    ...report.gpus.map((gpu): [string, number | null] => [deviceKey(gpu), gpu.utilizationPercent]),
    [CPU_KEY, report.cpu.loadPercent],
  ];
  return new Map(
    readings.map(([key, percent]) => {
      const earlier = history.get(key) ?? [];
      return [key, percent === null ? earlier : [...earlier, percent].slice(-MOST_READINGS)];
    }),
  );
}
