import { Link } from "@tanstack/react-router";
import type { Artifact } from "../../shared/contract/job-records.ts";
import table from "../controls/table.module.css";
import { UNKNOWN, formatLoss } from "../format/numbers.ts";
import { formatAgo, formatDateTime, formatDuration } from "../format/time.ts";
import { secondsSinceStart } from "../jobs/job-facts.ts";
import { JobStatusLabel } from "../jobs/job-status-label.tsx";
import { shortModelName } from "../jobs/job-words.ts";
import type { EndedJob } from "../jobs/jobs-slice.ts";
import styles from "./recent-results.module.css";

type ResultRowProps = {
  readonly job: EndedJob;
  readonly artifact: Artifact | undefined;
  readonly now: number;
};

export function ResultRow({ job, artifact, now }: ResultRowProps) {
  const took = secondsSinceStart(job, now);
  const detail = detailOf(job);
  return (
    <tr>
      <td>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          search={artifact === undefined ? {} : { tab: "result" }}
          className={styles.name}
        >
          {job.name}
        </Link>
        <span className={styles.detail} title={detail}>
          {detail}
        </span>
      </td>
      <td>
        <JobStatusLabel status={job.status} />
      </td>
      <td className={table.number}>{formatLoss(artifact?.quality.lastLoss)}</td>
      <td className={table.number}>{formatLoss(artifact?.quality.validationLoss)}</td>
      <td className={table.number}>{took === null ? UNKNOWN : formatDuration(took)}</td>
      <td className={table.number} title={formatDateTime(job.endedAt)}>
        {formatAgo(job.endedAt, now)}
      </td>
    </tr>
  );
}

/** Why it ended where that is not as it should be, else what it was made of. */
function detailOf(job: EndedJob): string {
  if (job.status === "failed") return job.error.message;
  if (job.status === "interrupted") return job.cause;
  return `${shortModelName(job.baseModel.name)} on ${job.dataset.name}`;
}
