import { Link } from "@tanstack/react-router";
import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Section } from "../controls/section.tsx";
import table from "../controls/table.module.css";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { artifactOf } from "../jobs/job-facts.ts";
import { isEnded } from "../jobs/jobs-slice.ts";
import { ResultRow } from "./result-row.tsx";
import styles from "./recent-results.module.css";

const NO_ARTIFACTS: readonly Artifact[] = [];
const MOST_ROWS = 8;
const MINUTE_MS = 60_000;

type RecentResultsProps = { readonly jobs: readonly Job[] };

/** The runs that ended last, with what came of them. */
export function RecentResults({ jobs }: RecentResultsProps) {
  const artifacts = useDesk((state) => valueOr(state.artifacts, NO_ARTIFACTS));
  const now = useNow(MINUTE_MS);
  const ended = jobs.filter(isEnded).toSorted((a, b) => b.endedAt.localeCompare(a.endedAt));
  if (ended.length === 0) {
    return (
      <Section title="Recent results">
        <p className={styles.none}>
          No run has ended yet. Its adapter and its losses will be listed here.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Recent results" aside={<Link to="/jobs">All jobs</Link>}>
      <table className={`${table.table} ${table.inset} ${styles.table}`}>
        <thead>
          <tr>
            <th>Run</th>
            <th className={styles.status}>Status</th>
            <th className={`${table.number} ${styles.figure}`}>Loss</th>
            <th className={`${table.number} ${styles.figure}`}>Validation</th>
            <th className={`${table.number} ${styles.time}`}>Took</th>
            <th className={`${table.number} ${styles.time}`}>Ended</th>
          </tr>
        </thead>
        <tbody>
          {ended.slice(0, MOST_ROWS).map((job) => (
            <ResultRow key={job.id} job={job} artifact={artifactOf(artifacts, job.id)} now={now} />
          ))}
        </tbody>
      </table>
    </Section>
  );
}
