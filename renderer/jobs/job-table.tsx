import { useMemo } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import tableStyles from "../controls/table.module.css";
import { useNow } from "../core/use-now.ts";
import { inOrderOfInterest } from "./job-facts.ts";
import { JobRow } from "./job-row.tsx";
import styles from "./job-table.module.css";

const CLOCK_MS = 5_000;

type JobTableProps = { readonly label: string; readonly jobs: readonly Job[] };

export function JobTable({ label, jobs }: JobTableProps) {
  const now = useNow(CLOCK_MS);
  const ordered = useMemo(() => inOrderOfInterest(jobs), [jobs]);
  return (
    <table className={`${tableStyles.table} ${styles.table}`} aria-label={`${label} jobs`}>
      <thead>
        <tr>
          <th className={styles.name}>Name</th>
          <th className={styles.status}>Status</th>
          <th className={styles.progress}>Progress</th>
          <th className={styles.device}>Device</th>
          <th className={`${tableStyles.number} ${styles.time}`}>Time</th>
          <th className={`${tableStyles.number} ${styles.created}`}>Created</th>
          <th className={styles.menu}>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {ordered.map((job) => (
          <JobRow key={job.id} job={job} now={now} />
        ))}
      </tbody>
    </table>
  );
}
