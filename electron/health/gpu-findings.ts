import type { ThrottleReason } from "../../shared/contract/gpus.ts";
import { type Finding, keyOf } from "./finding.ts";
import { HOT_C } from "./gpu-strain.ts";
import type { GpuObservation, RunObservation } from "./observation.ts";

const LASTING_MS = 60_000;

const WORDS: Readonly<Partial<Record<ThrottleReason, string>>> = {
  hardware_thermal: "it is too hot (hardware)",
  software_thermal: "it is too hot (driver)",
  power_brake: "its power supply asks for it",
};

/** Faults, heat and throttling of the GPUs of a run. */
export function gpuFindings(
  { gpus, faults }: Pick<RunObservation, "gpus" | "faults">,
  present: ReadonlySet<string>,
): Finding[] {
  const ofFaults = faults.map(({ uuid, xid, title, advice }): Finding => ({
    kind: "gpu_fault",
    // A fault that comes in hundreds of lines is one.
    subject: `${uuid} xid ${xid}`,
    message: `${labelOf(gpus, uuid)}: ${title} (Xid ${xid}).`,
    advice,
  }));
  return [...ofFaults, ...gpus.flatMap((gpu) => [...lost(gpu), ...strained(gpu, present)])];
}

function lost({ uuid, label, isLost }: GpuObservation): Finding[] {
  if (!isLost) return [];
  return [
    {
      kind: "gpu_fault",
      subject: `${uuid} lost`,
      message: `${label}: the driver has lost this GPU.`,
      advice:
        "Nothing runs on it until the computer restarts. Restart it; the run goes on from its newest checkpoint. If it happens again, check power cables, seating and temperature.",
    },
  ];
}

function strained(gpu: GpuObservation, present: ReadonlySet<string>): Finding[] {
  const { uuid: subject, label } = gpu;
  const hot = { kind: "gpu_hot", subject } as const;
  const throttled = { kind: "gpu_throttled", subject } as const;
  const isHot = gpu.hotMs >= LASTING_MS || (present.has(keyOf(hot)) && gpu.coolMs < LASTING_MS);
  const isThrottled =
    gpu.throttledMs >= LASTING_MS ||
    (present.has(keyOf(throttled)) && gpu.unthrottledMs < LASTING_MS);
  // A hot GPU throttles: that is one thing to tell, not two.
  const isOfHeat = gpu.throttledBy.every((reason) => reason !== "power_brake");
  return [
    ...(isHot
      ? [
          {
            ...hot,
            message: `${label} has been at ${HOT_C} °C or more for a minute${gpu.temperatureC === null ? "" : ` (now ${Math.round(gpu.temperatureC)} °C)`}.`,
            advice:
              "Check fans, filters and the air around the computer. A lower power limit (nvidia-smi -pl) costs little speed and much heat.",
          },
        ]
      : []),
    ...(isThrottled && !(isHot && isOfHeat)
      ? [
          {
            ...throttled,
            message: `${label} has run below its clocks for a minute: ${gpu.throttledBy.map((reason) => WORDS[reason] ?? reason).join(", ")}.`,
            advice: isOfHeat
              ? "The training is slower for it. Check fans, filters and the air around the computer."
              : "The training is slower for it. Check the GPU's power cables and whether the power supply is strong enough.",
          },
        ]
      : []),
  ];
}

function labelOf(gpus: readonly GpuObservation[], uuid: string | null): string {
  return gpus.find((gpu) => gpu.uuid === uuid)?.label ?? `GPU ${uuid ?? "unknown"}`;
}
