import type { GpuFault, ThrottleReason } from "../../shared/contract/gpus.ts";
import type { RunPhase } from "../../shared/contract/run-folder.ts";

/** What is seen of one running attempt at one moment. */
export interface RunObservation {
  phase: RunPhase;
  /** Since the last sign of progress; while the computer sleeps no time passes. */
  quietMs: number;
  /** The median step; null before there is any. */
  stepMs: number | null;
  /** Since the heartbeat last changed; null before the first one. */
  silentMs: number | null;
  disk: {
    freeBytes: number;
    /** Of the newest checkpoint; 0 before the first one. */
    checkpointBytes: number;
    path: string;
  } | null;
  loss: { last: number; usual: number; highSteps: number; calmSteps: number } | null;
  gpus: readonly GpuObservation[];
  /** Of the run's GPUs, since the attempt began. */
  faults: readonly GpuFault[];
}

export interface GpuObservation {
  uuid: string;
  /** As a person knows it: "GPU 1 (NVIDIA L4)". */
  label: string;
  isLost: boolean;
  temperatureC: number | null;
  hotMs: number;
  coolMs: number;
  throttledMs: number;
  unthrottledMs: number;
  throttledBy: readonly ThrottleReason[];
}
