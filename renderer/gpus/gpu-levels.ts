import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import { formatMemory } from "../format/bytes.ts";
import { UNKNOWN, formatPercent, formatPower, formatTemperature } from "../format/numbers.ts";
import type { DevicePoint } from "./device-history.ts";

/** One measure of a device: a bar's share, where there is a whole to compare with, and its figure. */
export type Level = {
  readonly name: "Utilisation" | "Memory" | "Temperature" | "Power" | "Load";
  /** 0 to 1; null where the device does not tell. */
  readonly share: number | null;
  readonly value: string;
  /** What the figure is part of, as in "80.0 GB". */
  readonly whole: string | null;
  readonly warnAbove?: number;
  /** What of a device's history this is. */
  readonly measure: Exclude<keyof DevicePoint, "atMs">;
  /** What the top of its history stands for; null where only the history itself tells. */
  readonly most: number | null;
};

/** Bars of temperature end here: where data-centre and desktop cards alike slow down or stop. */
const HOTTEST_C = 100;
const TOO_HOT_SHARE = 0.87;
const NEARLY_FULL_SHARE = 0.95;

export function gpuLevels(gpu: Gpu): readonly Level[] {
  return [
    utilisationLevel("Utilisation", gpu.utilizationPercent),
    memoryLevel(gpu.memoryUsedMb, gpu.memoryTotalMb),
    {
      name: "Temperature",
      share: shareOf(gpu.temperatureC, HOTTEST_C),
      value: formatTemperature(gpu.temperatureC),
      whole: null,
      warnAbove: TOO_HOT_SHARE,
      measure: "temperatureC",
      most: HOTTEST_C,
    },
    {
      name: "Power",
      share: shareOf(gpu.powerW, gpu.powerLimitW),
      value: formatPower(gpu.powerW),
      whole: gpu.powerLimitW === null ? null : formatPower(gpu.powerLimitW),
      measure: "powerW",
      most: gpu.powerLimitW,
    },
  ];
}

export function cpuLevels(cpu: GpuReport["cpu"]): readonly Level[] {
  return [
    utilisationLevel("Load", cpu.loadPercent),
    memoryLevel(cpu.memoryUsedMb, cpu.memoryTotalMb),
  ];
}

/** What a screen reader says of a level: "34.2 GB of 80.0 GB". */
export function spokenLevel({ value, whole }: Level): string {
  if (value === UNKNOWN) return "not told by the device";
  return whole === null ? value : `${value} of ${whole}`;
}

function utilisationLevel(name: "Utilisation" | "Load", percent: number | null): Level {
  return {
    name,
    share: shareOf(percent, 100),
    value: formatPercent(percent),
    whole: null,
    measure: "utilizationPercent",
    most: 100,
  };
}

function memoryLevel(usedMb: number | null, totalMb: number | null): Level {
  return {
    name: "Memory",
    share: shareOf(usedMb, totalMb),
    value: formatMemory(usedMb),
    whole: totalMb === null ? null : formatMemory(totalMb),
    warnAbove: NEARLY_FULL_SHARE,
    measure: "memoryUsedMb",
    most: totalMb,
  };
}

function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole <= 0 ? null : part / whole;
}
