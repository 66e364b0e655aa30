import { useState } from "react";
import { Note } from "../controls/note.tsx";
import { Section } from "../controls/section.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import tableStyles from "../controls/table.module.css";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { useRequest } from "../core/use-request.ts";
import { formatCountOf } from "../format/numbers.ts";
import { QuarantinedRow } from "./quarantined-row.tsx";
import styles from "./quarantine.module.css";

const MINUTE_MS = 60_000;

/** The changes that the project refused, each with what can be done about it. */
export function QuarantineSection() {
  const revision = useDesk((state) => state.syncRevision);
  const expected = useDesk((state) => valueOr(state.syncStatus, null)?.counts.attention ?? 0);
  const [done, setDone] = useState(0);
  const now = useNow(MINUTE_MS);
  const changes = useRequest("sync.quarantine", {}, revision + done);
  if (changes.state === "ready" ? changes.value.length === 0 : expected === 0) return null;
  return (
    <Section
      title="Needs attention"
      aside={changes.state === "ready" ? formatCountOf(changes.value.length, "change") : undefined}
    >
      {changes.state === "loading" && (
        <Skeleton label="what needs attention" rows={3} rowHeight={28} />
      )}
      {changes.state === "failed" && (
        <Note tone="bad" title="What needs attention could not be fetched">
          {changes.error.message}
        </Note>
      )}
      {changes.state === "ready" && (
        <>
          <p className={styles.words}>
            The project refused these. Nothing of them is lost: they stay here until you send them
            again or give them up, and everything else is synced past them.
          </p>
          <table
            className={`${tableStyles.table} ${tableStyles.inset} ${styles.table}`}
            aria-label="Changes that need attention"
          >
            <thead>
              <tr>
                <th className={styles.what}>Change</th>
                <th>Why it was refused</th>
                <th className={`${tableStyles.number} ${styles.since}`}>Since</th>
                <th className={styles.actions}>
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.value.map((change) => (
                <QuarantinedRow
                  key={`${change.opId} ${change.table} ${change.rowId}`}
                  change={change}
                  dependents={changes.value.filter(({ dependsOn }) => dependsOn === change.opId)}
                  now={now}
                  onDone={() => setDone((count) => count + 1)}
                />
              ))}
            </tbody>
          </table>
        </>
      )}
    </Section>
  );
}
