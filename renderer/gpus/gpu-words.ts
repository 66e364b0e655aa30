import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import type { Gpu, GpuReport, ThrottleReason } from "../../shared/contract/gpus.ts";
import type { Tone } from "../controls/status-label.tsx";
import { formatMemory } from "../format/bytes.ts";
import { formatCount, formatCountOf } from "../format/numbers.ts";

export type Pace = {
  readonly text: string;
  readonly tone: Extract<Tone, "bad" | "warning" | "neutral">;
};

const PACES: readonly (readonly [reason: ThrottleReason, pace: Pace])[] = [
  ["hardware_thermal", { text: "Slowed by heat (hardware limit)", tone: "warning" }],
  ["software_thermal", { text: "Slowed by heat", tone: "warning" }],
  ["power_brake", { text: "Slowed by the power supply", tone: "warning" }],
  ["hardware_slowdown", { text: "Slowed by the hardware", tone: "warning" }],
  // A GPU that trains at its power limit does what it should.
  ["power_cap", { text: "At its power limit", tone: "neutral" }],
  ["sync_boost", { text: "Paced with other GPUs", tone: "neutral" }],
];

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

/** "SM 1,410 MHz · memory 1,593 MHz"; null where the driver tells neither. */
export function describeClocks({ smClockMhz, memoryClockMhz }: Gpu): string | null {
  const clocks = [
    typeof smClockMhz === "number" ? `SM ${formatCount(smClockMhz)} MHz` : null,
    typeof memoryClockMhz === "number" ? `memory ${formatCount(memoryClockMhz)} MHz` : null,
  ].filter((part) => part !== null);
  return clocks.length === 0 ? null : clocks.join(" · ");
}

/** What holds the GPU back, the most serious first; null at full pace or where it is not told. */
export function describePace({ throttling, isLost }: Gpu): Pace | null {
  if (isLost === true) return { text: "Lost: restart the computer", tone: "bad" };
  const found = PACES.find(([reason]) => throttling?.includes(reason));
  return found === undefined ? null : found[1];
}

/** GPUs that no run could use, because the training environment's torch sees none of them. */
export function areGpusUnseen(report: GpuReport, environment: EnvironmentStatus | null): boolean {
  return (
    report.gpus.length > 0 &&
    environment?.state === "ready" &&
    environment.report.torch.devices.length === 0
  );
}
