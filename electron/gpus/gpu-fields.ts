import { decodeThrottleReasons } from "./throttle-reasons.ts";
import type { Gpu } from "../../shared/contract/gpus.ts";
import { pciAddress } from "./pci-address.ts";

/** A GPU as one query tells it, without who computes on it. */
export type GpuFigures = Omit<Required<Gpu>, "processes">;

export interface GpuRow {
  gpu: GpuFigures;
  driverVersion: string;
  /** GPUs that the driver counts: how many rows make a whole answer. */
  count: number | null;
}

const NEEDED = [
  "index",
  "uuid",
  "pci.bus_id",
  "name",
  "driver_version",
  "memory.total",
  "memory.used",
  "utilization.gpu",
  "temperature.gpu",
  "power.draw",
  "power.limit",
] as const;

const THROTTLE_FIELD = "clocks_event_reasons.active";
/** Drivers before 535 know the field by this name. */
const OLD_THROTTLE_FIELD = "clocks_throttle_reasons.active";
/** What not every driver knows; before 450, for one, none knows `mig.mode.current`. */
const OPTIONAL = ["count", "clocks.sm", "clocks.mem", THROTTLE_FIELD, "mig.mode.current"] as const;

export const EVERY_FIELD: readonly string[] = [...NEEDED, ...OPTIONAL];

/**
 * What to ask instead, when the driver has refused a query for a field that it does not know.
 *
 * @returns null where nothing is left to leave out.
 */
export function fieldsAfterRefusal(fields: readonly string[], text: string): string[] | null {
  const unknown = /Field "([\w.]+)" is not a valid field/i.exec(text)?.[1];
  if (unknown === THROTTLE_FIELD && fields.includes(THROTTLE_FIELD)) {
    return fields.map((field) => (field === THROTTLE_FIELD ? OLD_THROTTLE_FIELD : field));
  }
  const needed: readonly string[] = NEEDED;
  const fewer =
    unknown !== undefined && !needed.includes(unknown)
      ? fields.filter((field) => field !== unknown)
      : fields.filter((field) => needed.includes(field));
  return fewer.length < fields.length ? fewer : null;
}

export function queryArguments(fields: readonly string[]): string[] {
  return [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
}

/** @returns null for a line that describes no GPU: a warning, or one that came torn. */
export function parseGpuRow(line: string, fields: readonly string[]): GpuRow | null {
  const cells = line.split(",").map((cell) => cell.trim());
  if (cells.length !== fields.length) return null;
  const told = new Map(fields.map((field, position) => [field, cells[position]]));
  const cell = (field: string) => told.get(field);
  const index = cell("index") ?? "";
  const name = cell("name");
  if (!/^\d{1,4}$/.test(index) || !name) return null;
  const uuid = cell("uuid");
  return {
    driverVersion: cell("driver_version") ?? "",
    count: nonNegative(cell("count")),
    gpu: {
      index: Number(index),
      uuid: uuid !== undefined && /^(GPU|MIG)-[\w/-]+$/.test(uuid) ? uuid : null,
      name,
      memoryTotalMb: nonNegative(cell("memory.total")),
      memoryUsedMb: nonNegative(cell("memory.used")),
      utilizationPercent: figure(cell("utilization.gpu")),
      temperatureC: figure(cell("temperature.gpu")),
      powerW: figure(cell("power.draw")),
      powerLimitW: figure(cell("power.limit")),
      isMigEnabled: cell("mig.mode.current") === "Enabled",
      pciAddress: pciAddress(cell("pci.bus_id")),
      smClockMhz: nonNegative(cell("clocks.sm")),
      memoryClockMhz: nonNegative(cell("clocks.mem")),
      throttling: decodeThrottleReasons(cell(THROTTLE_FIELD) ?? cell(OLD_THROTTLE_FIELD)),
      isLost: cells.some((text) => /^\[?GPU (is lost|requires reset)/i.test(text)),
    },
  };
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[GPU requires reset]`… are all: not known. */
function figure(cell: string | undefined): number | null {
  return cell !== undefined && /^-?\d{1,12}(\.\d+)?$/.test(cell) ? Number(cell) : null;
}

function nonNegative(cell: string | undefined): number | null {
  const value = figure(cell);
  return value === null || value < 0 ? null : value;
}
