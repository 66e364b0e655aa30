import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { Gpu, GpuReport } from "../../shared/contract/gpus.ts";
import { formatMemory } from "../format/bytes.ts";
import { formatCountOf } from "../format/numbers.ts";

/** What there is to train on, in one line. */
export function describeDevices({ gpus, cpu, driver }: GpuReport): string {
  if (gpus.length > 0) {
    const total = gpus.reduce((sum, { memoryTotalMb }) => sum + (memoryTotalMb ?? 0), 0);
    const memory = total > 0 ? ` · ${formatMemory(total)} of GPU memory` : "";
    return `${formatCountOf(gpus.length, "GPU")}${memory}`;
  }
  if (driver.state === "broken") return "The GPUs cannot be reached";
  return `No NVIDIA GPU · training runs on the CPU (${formatCountOf(cpu.cores, "core")})`;
}

/** What tells this card from its neighbours. */
export function describeGpu({ uuid, isMigEnabled }: Gpu): string {
  const parts = [isMigEnabled ? "MIG" : null, uuid ?? "no UUID told"];
  return parts.filter((part) => part !== null).join(" · ");
}

/** GPUs that no run could use, because the training environment's torch sees none of them. */
export function areGpusUnseen(report: GpuReport, environment: EnvironmentStatus | null): boolean {
  return (
    report.gpus.length > 0 &&
    environment?.state === "ready" &&
    environment.report.torch.devices.length === 0
  );
}
