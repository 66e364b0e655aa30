import type { Gpu, GpuHistory, GpuReport } from "../../shared/contract/gpus.ts";

/** One sample of a device; a figure is null where the device does not tell. */
export type DevicePoint = {
  readonly atMs: number;
  readonly utilizationPercent: number | null;
  readonly memoryUsedMb: number | null;
  readonly temperatureC: number | null;
  readonly powerW: number | null;
};

/** The samples of the last minutes, oldest first, by `deviceKey` or `CPU_KEY`. */
export type DeviceHistory = ReadonlyMap<string, readonly DevicePoint[]>;

export const CPU_KEY = "cpu";
export const HISTORY_MINUTES = 10;
export const HISTORY_MS = HISTORY_MINUTES * 60_000;

/** The index is what is left to tell devices apart where the driver tells no UUID. */
export function deviceKey({ uuid, index }: Gpu): string {
  return uuid ?? `index ${index}`;
}

/** Devices that are gone take their history with them. */
export function withReport(history: DeviceHistory, report: GpuReport): DeviceHistory {
  const { gpus, cpu, sampledAt } = report;
  const atMs = Date.parse(sampledAt);
  const samples: [string, DevicePoint][] = gpus.map((gpu) => {
    const { utilizationPercent, memoryUsedMb, temperatureC, powerW } = gpu;
    return [deviceKey(gpu), { atMs, utilizationPercent, memoryUsedMb, temperatureC, powerW }];
  });
  const { loadPercent: utilizationPercent, memoryUsedMb } = cpu;
  samples.push([
    CPU_KEY,
    { atMs, utilizationPercent, memoryUsedMb, temperatureC: null, powerW: null },
  ]);
  return new Map(
    samples.map(([key, point]) => {
      // The same sample may come twice, and a clock may be set back.
      const earlier = (history.get(key) ?? []).filter((one) => one.atMs < atMs);
      return [key, [...recent(earlier, atMs), point]];
    }),
  );
}

/** What the core has sampled before this window looked goes in front of what the window has seen. */
export function withEarlier(history: DeviceHistory, { uuid, points }: GpuHistory): DeviceHistory {
  const seen = history.get(uuid) ?? [];
  const firstMs = seen[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const earlier = points
    .map(({ at, utilizationPercent, memoryUsedMb, temperatureC, powerW }) => ({
      atMs: Date.parse(at),
      utilizationPercent,
      memoryUsedMb,
      temperatureC,
      powerW,
    }))
    .filter(({ atMs }) => atMs < firstMs);
  return new Map(history).set(uuid, [...earlier, ...seen]);
}

function recent(points: readonly DevicePoint[], nowMs: number): readonly DevicePoint[] {
  return points.filter(({ atMs }) => atMs >= nowMs - HISTORY_MS);
}
