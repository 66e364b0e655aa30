import type { Job } from "../../shared/contract/jobs.ts";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { formatCount, formatLoss, formatShare } from "../format/numbers.ts";
import { HealthLine } from "./health-line.tsx";
import { artifactOf, progressShare } from "./job-facts.ts";
import styles from "./job-outcome.module.css";
import { activityWords } from "./job-words.ts";
import { isActive } from "./jobs-slice.ts";

type JobOutcomeProps = { readonly job: Job };

/** One line of what a job has come to: how far it is, what it waits for, or what came of it. */
export function JobOutcome({ job }: JobOutcomeProps) {
  const quality = useDesk((state) => artifactOf(valueOr(state.artifacts, []), job.id)?.quality);
  const { step, totalSteps } = job.progress;
  const share = progressShare(job);

  if (isActive(job)) {
    return (
      <>
        <div className={styles.progress}>
          <ProgressBar label={`Progress of ${job.name}`} share={share} tone="running" />
          <span className={styles.share}>{share === null ? "" : formatShare(share)}</span>
        </div>
        <HealthLine health={job.health} />
      </>
    );
  }
  if (job.status === "completed" && quality !== undefined) {
    return (
      <p className={styles.words}>
        <span className={styles.key}>loss</span> {formatLoss(quality.firstLoss)}
        <span className={styles.key}> → </span>
        {formatLoss(quality.lastLoss)}
      </p>
    );
  }
  const words = outcomeWords(job, step, totalSteps);
  return (
    <p className={`${styles.words} ${styles.quiet}`} title={words}>
      {words}
    </p>
  );
}

function outcomeWords(job: Job, step: number, totalSteps: number): string {
  if (job.status === "failed") return job.error.message;
  if (job.status === "interrupted") return job.cause;
  const activity = activityWords(job);
  if (activity !== null) return activity;
  return totalSteps === 0
    ? "before its first step"
    : `at step ${formatCount(step)} of ${formatCount(totalSteps)}`;
}
