import os from "node:os";
import { cpu as readCpuFacts, currentLoad, mem } from "systeminformation";
import type { GpuReport } from "../../shared/contract/gpus.ts";

const MB = 1024 * 1024;

/** Samples the CPU and the main memory. The load is a mean since the call before. */
export function createHostLoad(): () => Promise<GpuReport["cpu"]> {
  let cpu: Promise<{ name: string; cores: number }> | null = null;
  // systeminformation's first figure is the mean since the computer started, which says nothing.
  let hasBaseline = false;

  return async () => {
    cpu ??= readCpu();
    const [{ name, cores }, memory, load] = await Promise.all([cpu, mem(), currentLoad()]);
    const loadPercent =
      hasBaseline && Number.isFinite(load.currentLoad)
        ? Math.min(100, Math.max(0, load.currentLoad))
        : null;
    hasBaseline = true;
    return {
      name,
      cores,
      memoryTotalMb: Math.round(memory.total / MB),
      // Without the page cache, which the system gives back on demand.
      memoryUsedMb: Math.max(0, Math.round((memory.total - memory.available) / MB)),
      loadPercent,
    };
  };
}

async function readCpu(): Promise<{ name: string; cores: number }> {
  const { manufacturer, brand, cores } = await readCpuFacts();
  const name = [manufacturer, brand].filter(Boolean).join(" ").trim();
  return {
    name: name || (os.cpus()[0]?.model ?? "CPU"),
    cores: cores || os.availableParallelism(),
  };
}
