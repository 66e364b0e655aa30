import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { formatAgo, formatDateTime, formatTimeLeft } from "../format/time.ts";
import { JobStatusLabel } from "./job-status-label.tsx";
import styles from "./job-state-line.module.css";
import { activityWords, deviceWords, stepWords } from "./job-words.ts";
import { isDownloaded, isEnded } from "./jobs-slice.ts";
import { secondsLeft } from "./time-left.ts";

const CLOCK_MS = 10_000;

type JobStateLineProps = { readonly job: Job; readonly points: readonly MetricsPoint[] };

/** The state of a job in one line, as the header of its page shows it. */
export function JobStateLine({ job, points }: JobStateLineProps) {
  const now = useNow(CLOCK_MS);
  const device = useDesk(({ gpuReport }) =>
    deviceWords(job.device, valueOr(gpuReport, null)?.gpus ?? []),
  );
  const left = job.status === "running" ? secondsLeft(job.progress, points) : null;
  const parts = [
    activityWords(job),
    job.status === "completed" ? null : stepWords(job.progress),
    left === null ? null : formatTimeLeft(left),
    isDownloaded(job) ? `on ${job.workstation}` : device,
    job.attempt > 1 ? `attempt ${job.attempt}` : null,
  ].filter((part) => part !== null);
  return (
    <>
      <JobStatusLabel status={job.status} />
      {parts.map((part) => (
        <span key={part} className={styles.part}>
          {part}
        </span>
      ))}
      {isEnded(job) && (
        <time className={styles.part} dateTime={job.endedAt} title={formatDateTime(job.endedAt)}>
          ended {formatAgo(job.endedAt, now)}
        </time>
      )}
    </>
  );
}
