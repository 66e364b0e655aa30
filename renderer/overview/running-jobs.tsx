import { Link } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import { Section } from "../controls/section.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { activityWords } from "../jobs/job-words.ts";
import { JobStatusLabel } from "../jobs/job-status-label.tsx";
import { isActive } from "../jobs/jobs-slice.ts";
import { inQueueOrder } from "../queue/queue-order.ts";
import { ActiveJobRow } from "./active-job-row.tsx";
import styles from "./running-jobs.module.css";

const NO_ORDER: readonly string[] = [];

type RunningJobsProps = { readonly jobs: readonly Job[] };

/** What is on a device, then what waits for one, in the order in which it will start. */
export function RunningJobs({ jobs }: RunningJobsProps) {
  const active = jobs.filter(isActive);
  const order = useDesk((state) => valueOr(state.queue, null)?.order ?? NO_ORDER);
  const queued = inQueueOrder(jobs, order);
  return (
    <Section title="Running">
      {active.length + queued.length === 0 && (
        <p className={styles.none}>
          Nothing is running. <Link to="/jobs/new">Set up a job</Link>, and it will be shown here as
          it trains.
        </p>
      )}
      <ul className={styles.list}>
        {active.map((job) => (
          <ActiveJobRow key={job.id} job={job} />
        ))}
        {queued.map((job) => (
          <li key={job.id} className={styles.queued}>
            <JobStatusLabel status={job.status} />
            <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.name}>
              {job.name}
            </Link>
            <span className={styles.detail}>{activityWords(job)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
