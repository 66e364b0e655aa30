import { activeAccount } from "../accounts/accounts-slice.ts";
import tableStyles from "../controls/table.module.css";
import { useDesk } from "../core/desk.tsx";
import { useNow } from "../core/use-now.ts";
import { ElsewhereFailure } from "./elsewhere-failure.tsx";
import { ElsewhereJobRow } from "./elsewhere-job-row.tsx";
import { inOrderOfInterest } from "./elsewhere-facts.ts";
import styles from "./elsewhere-jobs.module.css";

const CLOCK_MS = 5_000;

/** Jobs of one's other machines, and of colleagues who share theirs. */
export function ElsewhereJobs() {
  const elsewhere = useDesk((state) => state.elsewhere);
  const account = useDesk(activeAccount);
  const now = useNow(CLOCK_MS);
  if (account === null || elsewhere.state === "loading") return null;
  if (elsewhere.state === "failed") {
    return (
      <div className={styles.failure}>
        <ElsewhereFailure error={elsewhere.error} />
      </div>
    );
  }
  if (elsewhere.value.jobs.length === 0) return null;
  return (
    <section className={styles.group}>
      <h2 className={styles.title}>On other machines</h2>
      <table className={`${tableStyles.table} ${styles.table}`} aria-label="Jobs on other machines">
        <thead>
          <tr>
            <th className={styles.name}>Name</th>
            <th className={styles.status}>Status</th>
            <th className={styles.progress}>Progress</th>
            <th className={styles.machine}>Workstation</th>
            <th className={styles.owner}>Whose</th>
            <th className={`${tableStyles.number} ${styles.created}`}>Created</th>
            <th className={styles.ask}>
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {inOrderOfInterest(elsewhere.value.jobs).map((job) => (
            <ElsewhereJobRow
              key={job.id}
              job={job}
              elsewhere={elsewhere.value}
              ownId={account.userId}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}
