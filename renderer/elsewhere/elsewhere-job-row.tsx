import { Link } from "@tanstack/react-router";
import { ProgressBar } from "../controls/progress-bar.tsx";
import tableStyles from "../controls/table.module.css";
import { formatShare } from "../format/numbers.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";
import rowStyles from "../jobs/job-row.module.css";
import { JobStatusLabel } from "../jobs/job-status-label.tsx";
import { shortModelName } from "../jobs/job-words.ts";
import { AskButton } from "./ask-button.tsx";
import {
  askedWords,
  isActiveElsewhere,
  ownerWords,
  shareElsewhere,
  stepWordsElsewhere,
} from "./elsewhere-facts.ts";
import styles from "./elsewhere-jobs.module.css";
import { useDatasetName } from "./use-dataset-name.ts";
import type { Elsewhere, ElsewhereJob } from "./elsewhere-slice.ts";

type ElsewhereJobRowProps = {
  readonly job: ElsewhereJob;
  readonly elsewhere: Elsewhere;
  readonly ownId: string;
  readonly now: number;
};

export function ElsewhereJobRow({ job, elsewhere, ownId, now }: ElsewhereJobRowProps) {
  const dataset = useDatasetName(elsewhere, job);
  const owner = ownerWords(elsewhere, job, ownId);
  const quiet = `${tableStyles.ellipsis} ${tableStyles.muted}`;
  return (
    <tr className={rowStyles.row}>
      <th scope="row" className={rowStyles.name}>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          className={rowStyles.link}
          title={job.name}
        >
          {job.name}
        </Link>
        <span className={rowStyles.parts}>
          {shortModelName(job.base_model)}
          {dataset !== null && `, ${dataset}`}
        </span>
      </th>
      <td>
        <JobStatusLabel status={job.status} />
      </td>
      <td>
        <Outcome job={job} />
      </td>
      <td className={quiet} title={job.workstation}>
        {job.workstation}
      </td>
      <td className={quiet} title={owner}>
        {owner}
      </td>
      <td
        className={`${tableStyles.number} ${tableStyles.muted}`}
        title={formatDateTime(job.created_at)}
      >
        {formatAgo(job.created_at, now)}
      </td>
      <td className={rowStyles.menu}>
        <span>
          <AskButton job={job} size="small" />
        </span>
      </td>
    </tr>
  );
}

type OutcomeProps = { readonly job: ElsewhereJob };

function Outcome({ job }: OutcomeProps) {
  const asked = askedWords(job);
  const share = shareElsewhere(job);
  if (asked !== null) return <p className={styles.words}>{asked}</p>;
  if (!isActiveElsewhere(job)) {
    return (
      <p className={styles.words} title={job.error_message ?? undefined}>
        {job.error_message ?? stepWordsElsewhere(job) ?? ""}
      </p>
    );
  }
  return (
    <div className={styles.bar}>
      <ProgressBar label={`Progress of ${job.name}`} share={share} tone="running" />
      <span className={styles.share}>{share === null ? "" : formatShare(share)}</span>
    </div>
  );
}
