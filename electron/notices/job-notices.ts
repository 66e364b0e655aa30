import type { JobTransition } from "../../shared/contract/jobs.ts";
import type { JobRecord } from "../jobs/job-record.ts";
import type { NoticeDraft } from "./notice-draft.ts";

type Words = Pick<NoticeDraft, "type" | "title" | "message" | "priority">;

/**
 * What changes of a job's status are worth telling. One notice per change: a run that failed and
 * is tried again by itself is told of once, as that.
 *
 * @param record as it is after all of them.
 */
export function jobNotices(
  record: JobRecord,
  transitions: readonly JobTransition[],
): NoticeDraft[] {
  return transitions.flatMap((transition, index) => {
    const goesOn = transitions.slice(index + 1).some(({ to }) => to === "queued");
    const words = wordsOf(record, transition, goesOn);
    if (words === null) return [];
    const { seq, attempt, at, to } = transition;
    return {
      ...words,
      event: `job ${record.id} ${seq}`,
      actionUrl: `/jobs/${record.id}`,
      createdAt: at,
      metadata: { job_id: record.id, attempt, status: to, step: record.progress.step },
    };
  });
}

function wordsOf(record: JobRecord, transition: JobTransition, goesOn: boolean): Words | null {
  const { name } = record;
  switch (transition.to) {
    case "completed":
      return {
        type: "job_completed",
        title: `Done: ${name}`,
        message: `${doneWords(record)} The adapter is there.`,
        priority: "normal",
      };
    case "failed":
      return failed(record, transition, goesOn);
    case "stopped":
      return {
        type: "job_stopped",
        title: `Stopped: ${name}`,
        message: `${transition.cause}${atStep(record)}`,
        priority: "low",
      };
    case "interrupted":
      return {
        type: "job_interrupted",
        title: `Interrupted: ${name}`,
        message: goesOn
          ? `${transition.cause} It is queued again by itself and goes on from its newest checkpoint.`
          : `${transition.cause} Press Resume to go on from its newest checkpoint.`,
        priority: goesOn ? "normal" : "high",
      };
    case "running":
      return transition.attempt > 1
        ? {
            type: "job_interrupted",
            title: `Resumed: ${name}`,
            message:
              record.progress.step > 0
                ? `It trains again, from step ${record.progress.step} of ${record.progress.totalSteps}.`
                : "It trains again, from the beginning: there was no checkpoint yet.",
            priority: "normal",
          }
        : null;
    default:
      return null;
  }
}

function failed(record: JobRecord, { cause }: JobTransition, goesOn: boolean): Words {
  const { name, state } = record;
  const remedy = state.status === "failed" ? ` ${state.error.remedy}` : "";
  return {
    type: "job_failed",
    title: goesOn ? `Failed, will be tried again: ${name}` : `Failed: ${name}`,
    message: goesOn ? `${cause} It is tried again by itself.` : `${cause}${remedy}`,
    priority: goesOn ? "normal" : "high",
  };
}

/** Early stopping ends a run before its last step. */
function doneWords({ progress: { step, totalSteps } }: JobRecord): string {
  return step < totalSteps
    ? `It ended early, at step ${step} of ${totalSteps}.`
    : `All ${totalSteps} steps are trained.`;
}

function atStep({ progress }: JobRecord): string {
  return progress.step > 0 ? ` It stood at step ${progress.step} of ${progress.totalSteps}.` : "";
}
