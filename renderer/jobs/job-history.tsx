import { ArrowRight, History } from "lucide-react";
import type { Job, JobTransition } from "../../shared/contract/jobs.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import tableStyles from "../controls/table.module.css";
import { useRequest } from "../core/use-request.ts";
import { formatDateTime, formatDuration, secondsBetween } from "../format/time.ts";
import styles from "./job-history.module.css";
import { JobStatusLabel } from "./job-status-label.tsx";
import { STATUSES } from "./job-words.ts";
import { TabBody } from "./tab-body.tsx";

type JobHistoryProps = { readonly job: Job };

/** Every change of a job's status with its cause, the newest first. */
export function JobHistory({ job }: JobHistoryProps) {
  // Asked for again with every change of what it is about.
  const revision = job.attempt * STATUSES.length + STATUSES.indexOf(job.status);
  const history = useRequest("jobs.history", { id: job.id }, revision);
  return (
    <TabBody>
      {history.state === "loading" && <Skeleton label="history" rows={6} rowHeight={20} />}
      {history.state === "failed" && (
        <Note tone="bad" title="The history could not be fetched">
          {history.error.message}
        </Note>
      )}
      {history.state === "ready" && history.value.length === 0 && (
        <EmptyState icon={History} title="Nothing is known of its past">
          The history begins with the first change of status that this release of LoRA Desk sees.
        </EmptyState>
      )}
      {history.state === "ready" && history.value.length > 0 && (
        <Transitions transitions={history.value} />
      )}
    </TabBody>
  );
}

type TransitionsProps = { readonly transitions: readonly JobTransition[] };

function Transitions({ transitions }: TransitionsProps) {
  const rows = transitions.map((transition, index) => ({
    ...transition,
    /** How long it was what it became; null for what it still is. */
    seconds: secondsUntil(transition, transitions[index + 1]),
  }));
  return (
    <table
      className={`${tableStyles.table} ${tableStyles.inset} ${styles.table}`}
      aria-label="History"
    >
      <thead>
        <tr>
          <th className={styles.time}>Time</th>
          <th className={styles.status}>Status</th>
          <th>Cause</th>
          <th className={`${tableStyles.number} ${styles.attempt}`}>Attempt</th>
          <th className={`${tableStyles.number} ${styles.lasted}`}>Lasted</th>
        </tr>
      </thead>
      <tbody>
        {rows.toReversed().map(({ seq, at, attempt, from, to, cause, seconds }) => (
          <tr key={seq}>
            <td className={tableStyles.muted}>
              <time dateTime={at}>{formatDateTime(at)}</time>
            </td>
            <td>
              <span className={styles.change}>
                {from !== null && (
                  <>
                    <span className={styles.from}>{from}</span>
                    <ArrowRight size={12} aria-label="to" className={styles.from} />
                  </>
                )}
                <Status status={to} />
              </span>
            </td>
            <td className={styles.cause}>{cause}</td>
            <td className={tableStyles.number}>{attempt === 0 ? "" : attempt}</td>
            <td className={`${tableStyles.number} ${tableStyles.muted}`}>
              {seconds === null ? "" : formatDuration(seconds)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function secondsUntil({ at }: JobTransition, next: JobTransition | undefined): number | null {
  return next === undefined ? null : secondsBetween(at, next.at);
}

type StatusProps = { readonly status: string };

function Status({ status }: StatusProps) {
  const known = STATUSES.find((one) => one === status);
  return known === undefined ? status : <JobStatusLabel status={known} />;
}
