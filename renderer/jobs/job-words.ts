import { assertNever } from "../../shared/contract/assert-never.ts";
import type { Gpu } from "../../shared/contract/gpus.ts";
import type { PresetId } from "../../shared/contract/hyperparameters.ts";
import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import type { JobProgress } from "../../shared/contract/job-facts.ts";
import type { Job, JobStatus, StopMode } from "../../shared/contract/jobs.ts";
import type { RunDevice, RunPhase } from "../../shared/contract/run-folder.ts";
import type { Tone } from "../controls/status-label.tsx";
import { formatCount, formatShare } from "../format/numbers.ts";

/** How what jobs are made of is called everywhere in the window. */
export const STATUS_WORDS: Readonly<Record<JobStatus, string>> = {
  draft: "Draft",
  queued: "Queued",
  preparing: "Preparing",
  running: "Running",
  stopping: "Stopping",
  completed: "Completed",
  stopped: "Stopped",
  failed: "Failed",
  interrupted: "Interrupted",
};

export const STATUSES: readonly JobStatus[] = [
  "draft",
  "queued",
  "preparing",
  "running",
  "stopping",
  "completed",
  "stopped",
  "failed",
  "interrupted",
];

export const STATUS_TONES: Readonly<Record<JobStatus, Tone>> = {
  draft: "neutral",
  queued: "neutral",
  preparing: "running",
  running: "running",
  stopping: "warning",
  completed: "good",
  stopped: "neutral",
  failed: "bad",
  interrupted: "warning",
};

export const PHASE_WORDS: Readonly<Record<RunPhase, string>> = {
  starting: "starting",
  loading_model: "loading the model",
  preparing_data: "preparing the data",
  training: "training",
  evaluating: "evaluating",
  saving: "saving a checkpoint",
  stopping: "stopping",
};

export const PRESET_WORDS: Readonly<Record<PresetId, string>> = {
  conservative: "Conservative",
  balanced: "Balanced",
  aggressive: "Aggressive",
  custom: "Custom",
};

export const TIMELINE_WORDS: Readonly<Record<TimelineEntry["kind"], string>> = {
  status: "Status",
  sample: "Sample",
  checkpoint: "Checkpoint",
  warning: "Warning",
  error: "Error",
  done: "Done",
  resumed: "Resumed",
};

const STOP_WORDS: Readonly<Record<StopMode, string>> = {
  checkpoint: "writing a checkpoint before it ends",
  after_epoch: "until the end of this epoch",
  discard: "to be discarded",
};

/** What it does at this moment, or why it does nothing; null where the status says it all. */
export function activityWords(job: Job): string | null {
  switch (job.status) {
    case "queued":
      return job.waitingFor ?? "about to start";
    case "preparing":
      return job.message === "" ? PHASE_WORDS[job.phase] : job.message;
    case "running":
      return PHASE_WORDS[job.phase];
    case "stopping":
      return STOP_WORDS[job.stop.mode];
    case "draft":
    case "completed":
    case "stopped":
    case "failed":
    case "interrupted":
      return null;
    default:
      return assertNever(job);
  }
}

/** "step 640 of 1,332 (48 %)"; null before the first step is planned. */
export function stepWords({ step, totalSteps }: JobProgress): string | null {
  if (totalSteps === 0) return null;
  const share = formatShare(step / totalSteps);
  return `step ${formatCount(step)} of ${formatCount(totalSteps)} (${share})`;
}

/** "CPU", "GPU 0" or "GPUs 0, 1". A GPU that is not in the machine any more goes by its id. */
export function deviceWords(device: RunDevice, gpus: readonly Gpu[]): string {
  if (device.kind === "cpu") return "CPU";
  const names = device.uuids.map((uuid) => {
    const index = gpus.find((gpu) => gpu.uuid === uuid)?.index;
    return index === undefined ? uuid.slice(0, 12) : String(index);
  });
  return `${names.length === 1 ? "GPU" : "GPUs"} ${names.join(", ")}`;
}

/** The part of a model's name that tells it from others: "meta-llama/Llama-3.1-8B" → "Llama-3.1-8B". */
export function shortModelName(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return last === "" ? name : last;
}
