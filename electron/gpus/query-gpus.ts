import type { Gpu } from "../../shared/contract/gpus.ts";
import type { NvidiaSmi, NvidiaSmiAnswer } from "./nvidia-smi.ts";

/*
 * systeminformation asks nvidia-smi too, but what it hands on is not enough to lease and watch
 * GPUs by: it has neither UUID nor MIG mode, drops every figure that is 0 (an idle GPU has no
 * utilisation), finds a GPU only where lspci lists it (not in WSL or most containers), swallows the
 * driver's errors, and blocks the event loop while it waits. So the figures come from this query.
 */
const FIELDS = [
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
/** Drivers before 450 do not know this field and refuse the whole query. */
const MIG_FIELD = "mig.mode.current";
const UNKNOWN_FIELD_EXIT_CODE = 2;

export interface GpuQuery {
  driverVersion: string;
  gpus: Gpu[];
}
export type GpuQueryAnswer =
  | ({ kind: "answered" } & GpuQuery)
  | Exclude<NvidiaSmiAnswer, { kind: "answered" }>;

export async function queryGpus(nvidiaSmi: NvidiaSmi): Promise<GpuQueryAnswer> {
  let answer = await nvidiaSmi(queryArguments([...FIELDS, MIG_FIELD]));
  if (answer.kind === "failed" && answer.exitCode === UNKNOWN_FIELD_EXIT_CODE) {
    answer = await nvidiaSmi(queryArguments(FIELDS));
  }
  if (answer.kind !== "answered" && answer.kind !== "failed") return answer;
  // One lost GPU fails the whole call, though the lines of the others are there.
  const parsed = parseGpuQuery(answer.text);
  if (parsed !== null) return { kind: "answered", ...parsed };
  return answer.kind === "failed" ? answer : { kind: "failed", exitCode: 0, text: answer.text };
}

/** @returns null when not a single line describes a GPU. Lines that describe none are skipped. */
export function parseGpuQuery(text: string): GpuQuery | null {
  const gpus: Gpu[] = [];
  let driverVersion = "";
  for (const line of text.split(/\r?\n/)) {
    const cells = line.split(",").map((cell) => cell.trim());
    const [index, uuid, , name, version, total, used, utilization, temperature, power, limit, mig] =
      cells;
    if (cells.length < FIELDS.length || !/^\d{1,4}$/.test(index ?? "") || !name) continue;
    driverVersion ||= version ?? "";
    gpus.push({
      index: Number(index),
      uuid: uuid !== undefined && /^(GPU|MIG)-[\w/-]+$/.test(uuid) ? uuid : null,
      name,
      memoryTotalMb: nonNegative(total),
      memoryUsedMb: nonNegative(used),
      utilizationPercent: figure(utilization),
      temperatureC: figure(temperature),
      powerW: figure(power),
      powerLimitW: figure(limit),
      isMigEnabled: mig === "Enabled",
    });
  }
  return gpus.length === 0 ? null : { driverVersion, gpus };
}

function queryArguments(fields: readonly string[]): string[] {
  return [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`, `[GPU requires reset]`… are all: not known. */
function figure(cell: string | undefined): number | null {
  return cell !== undefined && /^-?\d{1,12}(\.\d+)?$/.test(cell) ? Number(cell) : null;
}

function nonNegative(cell: string | undefined): number | null {
  const value = figure(cell);
  return value === null || value < 0 ? null : value;
}
