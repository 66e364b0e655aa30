import type { z } from "zod";
import type { overwrittenValueSchema } from "../../shared/contract/sync.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import { Section } from "../controls/section.tsx";
import { Note } from "../controls/note.tsx";
import tableStyles from "../controls/table.module.css";
import { useDesk } from "../core/desk.tsx";
import { useNow } from "../core/use-now.ts";
import { useRequest } from "../core/use-request.ts";
import { formatAgo, formatDateTime } from "../format/time.ts";
import styles from "./overwritten-section.module.css";
import { TABLE_WORDS } from "./sync-words.ts";

type OverwrittenValue = z.infer<typeof overwrittenValueSchema>;

const MINUTE_MS = 60_000;

/** Names and notes that two have changed: the later one stands, and the other is not lost. */
export function OverwrittenSection() {
  const revision = useDesk((state) => state.syncRevision);
  const values = useRequest("sync.overwritten", {}, revision);
  const now = useNow(MINUTE_MS);
  if (values.state === "loading") return null;
  if (values.state === "failed") {
    return (
      <Note tone="bad" title="Values that were overwritten could not be fetched">
        {values.error.message}
      </Note>
    );
  }
  if (values.value.length === 0) return null;
  return (
    <Section title="Overwritten">
      <p className={styles.words}>
        Where two have changed the same name or note, the later change stands. This is what it took
        the place of.
      </p>
      <table
        className={`${tableStyles.table} ${tableStyles.inset}`}
        aria-label="Overwritten values"
      >
        <thead>
          <tr>
            <th className={styles.what}>What</th>
            <th>Was</th>
            <th>Is</th>
            <th className={`${tableStyles.number} ${styles.when}`}>When</th>
          </tr>
        </thead>
        <tbody>
          {values.value.map((value) => (
            <OverwrittenRow
              key={`${value.table} ${value.rowId} ${value.column} ${value.at}`}
              value={value}
              now={now}
            />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

type OverwrittenRowProps = { readonly value: OverwrittenValue; readonly now: number };

function OverwrittenRow({ value: { table, column, lost, kept, at }, now }: OverwrittenRowProps) {
  return (
    <tr>
      <td>
        {TABLE_WORDS[table]}, {column}
      </td>
      <td>
        <span className={styles.lost}>
          {valueText(lost)}
          <CopyButton label={`Copy what ${column} was`} text={valueText(lost)} />
        </span>
      </td>
      <td className={styles.kept}>{valueText(kept)}</td>
      <td className={`${tableStyles.number} ${tableStyles.muted}`} title={formatDateTime(at)}>
        {formatAgo(at, now)}
      </td>
    </tr>
  );
}

function valueText(value: OverwrittenValue["lost"]): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
