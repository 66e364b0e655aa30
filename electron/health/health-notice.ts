import type { Notice } from "../../shared/contract/notifications.ts";
import type { NoticeDraft } from "../notices/notice-draft.ts";
import type { HealthKind } from "./finding.ts";
import type { Occurrence } from "./occurrences.ts";

const TITLES: Readonly<Record<HealthKind, string>> = {
  stalled: "No progress",
  vanished: "No sign of life",
  disk_low: "Paused, the disk is nearly full",
  gpu_hot: "GPU is hot",
  gpu_throttled: "GPU is throttled",
  gpu_fault: "GPU fault",
  loss_exploding: "The loss is exploding",
};

/** What costs speed can wait; what may cost the run cannot. */
const MILD: ReadonlySet<HealthKind> = new Set(["gpu_hot", "gpu_throttled"]);

export function healthNotice(
  job: { id: string; name: string; attempt: number },
  { kind, subject, since, message, advice }: Occurrence,
): NoticeDraft {
  const type: Notice["type"] = kind === "disk_low" ? "storage_problem" : "system";
  return {
    event: `health ${job.id} ${job.attempt} ${kind} ${subject} ${since}`,
    type,
    title: `${TITLES[kind]}: ${job.name}`,
    message: `${message} ${advice}`,
    priority: MILD.has(kind) ? "normal" : "high",
    actionUrl: `/jobs/${job.id}`,
    createdAt: since,
    metadata: { job_id: job.id, attempt: job.attempt, health: kind },
  };
}
