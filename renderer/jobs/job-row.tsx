import { Link } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import tableStyles from "../controls/table.module.css";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { UNKNOWN } from "../format/numbers.ts";
import { formatAgo, formatDateTime, formatDuration } from "../format/time.ts";
import { secondsSinceStart } from "./job-facts.ts";
import { JobMenu } from "./job-menu.tsx";
import { JobOutcome } from "./job-outcome.tsx";
import styles from "./job-row.module.css";
import { JobStatusLabel } from "./job-status-label.tsx";
import { deviceWords, shortModelName } from "./job-words.ts";
import { useJobActions } from "./use-job-actions.ts";

type JobRowProps = { readonly job: Job; readonly now: number };

export function JobRow({ job, now }: JobRowProps) {
  const device = useDesk(({ gpuReport }) =>
    deviceWords(job.device, valueOr(gpuReport, null)?.gpus ?? []),
  );
  const actions = useJobActions(job);
  const seconds = secondsSinceStart(job, now);
  const quiet = `${tableStyles.ellipsis} ${tableStyles.muted}`;
  return (
    <tr className={styles.row}>
      <th scope="row" className={styles.name}>
        <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.link} title={job.name}>
          {job.name}
        </Link>
        <span className={styles.parts} title={`${job.baseModel.name}, ${job.dataset.name}`}>
          {shortModelName(job.baseModel.name)}, {job.dataset.name}
        </span>
      </th>
      <td>
        <JobStatusLabel status={job.status} />
      </td>
      <td>
        <JobOutcome job={job} />
      </td>
      <td className={quiet}>{device}</td>
      <td className={tableStyles.number}>{seconds === null ? UNKNOWN : formatDuration(seconds)}</td>
      <td
        className={`${tableStyles.number} ${tableStyles.muted}`}
        title={formatDateTime(job.createdAt)}
      >
        {formatAgo(job.createdAt, now)}
      </td>
      <td className={styles.menu}>
        <JobMenu job={job} actions={actions} isComplete />
      </td>
    </tr>
  );
}
