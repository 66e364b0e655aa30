import type { CostTotal } from "../../shared/contract/costs.ts";
import type { LedgerLine } from "./ledger-line.ts";

const WITHOUT_PROJECT = "No project";

/**
 * Sums by month (the newest first), dataset or project (by name). Hours and energy are all there;
 * amounts are those entered in `currency`, since nobody knows what another was worth then.
 */
export function totalsOf(
  lines: readonly LedgerLine[],
  by: "month" | "dataset" | "project",
  currency: string,
): CostTotal[] {
  const totals = new Map<string, CostTotal>();
  const runs = new Map<string, Set<string>>();
  for (const line of lines) {
    const label = labelOf(line, by);
    const total = totals.get(label) ?? emptyTotal(label);
    const jobs = (runs.get(label) ?? new Set()).add(line.jobId);
    runs.set(label, jobs);
    const share = line.currency === currency ? 1 : 0;
    totals.set(label, {
      label,
      runs: jobs.size,
      hours: total.hours + line.seconds / 3600,
      gpuHours: total.gpuHours + line.gpuSeconds / 3600,
      energyKwh: total.energyKwh + (line.kwh ?? 0),
      gapGpuHours: total.gapGpuHours + line.gapGpuSeconds / 3600,
      energyCost: total.energyCost + share * (line.energyCost ?? 0),
      hardwareCost: total.hardwareCost + share * (line.hardwareCost ?? 0),
      cloudCost: total.cloudCost + share * (line.cloudCost ?? 0),
    });
  }
  const sorted = [...totals.values()].toSorted((a, b) => a.label.localeCompare(b.label));
  return by === "month" ? sorted.toReversed() : sorted;
}

function labelOf(line: LedgerLine, by: "month" | "dataset" | "project"): string {
  if (by === "month") return line.period;
  return by === "dataset" ? line.dataset : (line.project ?? WITHOUT_PROJECT);
}

function emptyTotal(label: string): CostTotal {
  return {
    label,
    runs: 0,
    hours: 0,
    gpuHours: 0,
    energyKwh: 0,
    gapGpuHours: 0,
    energyCost: 0,
    hardwareCost: 0,
    cloudCost: 0,
  };
}
