import { type Finding, type HealthKind, keyOf } from "./finding.ts";
import { gpuFindings } from "./gpu-findings.ts";
import { gigabytes, neededBytes } from "./disk-need.ts";
import type { RunObservation } from "./observation.ts";
import { stallLimitMs } from "./stall-limit.ts";

/** A runner writes its heartbeat every two seconds. */
const VANISHED_MS = 60_000;
const HIGH_LOSS_STEPS = 20;
const CALM_LOSS_STEPS = 20;

/** What matters most comes first. */
const ORDER: readonly HealthKind[] = [
  "gpu_fault",
  "disk_low",
  "vanished",
  "stalled",
  "loss_exploding",
  "gpu_hot",
  "gpu_throttled",
];

/**
 * What a person should know of a run, the most important first. Pure: the same is seen, the same is
 * found.
 *
 * @param present keys of what was found before: it takes more to end than to begin, so that a value
 *   about a limit is one finding and not many.
 */
export function assess(seen: RunObservation, present: ReadonlySet<string>): Finding[] {
  const findings = [
    ...gpuFindings(seen, present),
    ...diskFinding(seen),
    ...vanishedFinding(seen),
    ...stalledFinding(seen),
    ...lossFinding(seen, present),
  ];
  return findings.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function diskFinding({ disk }: RunObservation): Finding[] {
  if (disk === null) return [];
  const needed = neededBytes(disk.checkpointBytes);
  if (disk.freeBytes >= needed) return [];
  return [
    {
      kind: "disk_low",
      subject: "",
      message: `Only ${gigabytes(disk.freeBytes)} are free on the disk of ${disk.path}; two checkpoints and a reserve take ${gigabytes(needed)}.`,
      advice:
        "Free some space: delete old runs in the Jobs view, or empty the wastebasket. The run is stopped with a checkpoint and goes on by itself when there is room.",
    },
  ];
}

function vanishedFinding({ silentMs }: RunObservation): Finding[] {
  if (silentMs === null || silentMs < VANISHED_MS) return [];
  return [
    {
      kind: "vanished",
      subject: "",
      message: `The run has given no heartbeat for ${minutes(VANISHED_MS)}: the process that watches over its trainer hangs, was killed, or cannot write.`,
      advice:
        "If its steps go on, so does the training. If not, stop the run and resume it: it goes on from its newest checkpoint. Look at the end of its log and at the disk's free space.",
    },
  ];
}

function stalledFinding({ phase, stepMs, quietMs }: RunObservation): Finding[] {
  const limitMs = stallLimitMs(phase, stepMs);
  if (quietMs < limitMs) return [];
  const what = phase === "training" ? "no step" : "nothing";
  return [
    {
      kind: "stalled",
      subject: "",
      message: `The trainer lives, but ${what} has come from it for ${minutes(limitMs)}${phase === "training" ? "" : ` (${phase.replace("_", " ")})`}.`,
      advice:
        "Look at its log and at the GPU's load. A disk or network share that hangs often comes back by itself; otherwise stop the run and resume it: it goes on from its newest checkpoint.",
    },
  ];
}

function lossFinding({ loss }: RunObservation, present: ReadonlySet<string>): Finding[] {
  if (loss === null) return [];
  const key = { kind: "loss_exploding", subject: "" } as const;
  const isHigh = loss.highSteps >= HIGH_LOSS_STEPS;
  const stays = present.has(keyOf(key)) && loss.calmSteps < CALM_LOSS_STEPS;
  if (!isHigh && !stays) return [];
  return [
    {
      ...key,
      message: `The training loss has been above three times its usual ${loss.usual.toFixed(3)} for ${HIGH_LOSS_STEPS} steps (now ${loss.last.toFixed(3)}).`,
      advice:
        "It seldom comes back by itself. Stop the run and train again with a lower learning rate or a longer warm-up; if the loss rose at one spot of the data, look at the rows there.",
    },
  ];
}

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  return whole < 120 ? `${whole} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
