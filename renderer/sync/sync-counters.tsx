import type { SyncCounts } from "../../shared/contract/sync.ts";
import { formatCompact, formatCount, formatCountOf } from "../format/numbers.ts";
import figures from "../controls/figures.module.css";
import styles from "./sync-counters.module.css";
import { countsWords, totalRows } from "./sync-words.ts";

const PARTS = [
  { key: "synced", name: "Synced", isAlways: true },
  { key: "waiting", name: "Waiting", isAlways: true },
  { key: "attention", name: "Needs attention", isAlways: true },
  { key: "keptLocal", name: "Kept local", isAlways: false },
  { key: "ofColleagues", name: "Of colleagues", isAlways: false },
] as const;

type SyncCountersProps = { readonly counts: SyncCounts };

type DetailProps = { readonly of: (typeof PARTS)[number]["key"]; readonly counts: SyncCounts };

/** What is not a row and not in the project either. */
function Detail({ of, counts }: DetailProps) {
  const { waitingPoints, waitingFiles, failedFiles } = counts;
  const parts: string[] = [];
  if (of === "waiting" && waitingPoints > 0) {
    parts.push(`${formatCompact(waitingPoints)} ${waitingPoints === 1 ? "point" : "points"}`);
  }
  if (of === "waiting" && waitingFiles > 0) parts.push(formatCountOf(waitingFiles, "file"));
  if (of === "attention" && failedFiles > 0) parts.push(formatCountOf(failedFiles, "file"));
  return parts.length === 0 ? null : <span className={figures.detail}>+ {parts.join(", ")}</span>;
}

/** Where every row of this computer stands: each is counted once, so the parts add up. */
export function SyncCounters({ counts }: SyncCountersProps) {
  const total = totalRows(counts);
  const parts = PARTS.filter(({ key, isAlways }) => isAlways || counts[key] > 0);
  return (
    <section className={styles.counters} aria-label="Rows">
      <dl className={styles.line}>
        {parts.map(({ key, name }) => (
          <div key={key} className={styles.part}>
            <dt className={styles.name}>
              <span className={`${styles.swatch} ${styles[key]}`} aria-hidden />
              {name}
            </dt>
            <dd className={figures.value}>
              {formatCount(counts[key])}
              <Detail of={key} counts={counts} />
            </dd>
          </div>
        ))}
        <div className={`${styles.part} ${styles.total}`}>
          <dt className={styles.name}>In all</dt>
          <dd className={figures.value}>
            {formatCount(total)}
            <span className={figures.detail}>{total === 1 ? "row" : "rows"}</span>
          </dd>
        </div>
      </dl>
      <p className="visually-hidden">{countsWords(counts)}</p>
      <div className={styles.bar} aria-hidden>
        {parts
          .filter(({ key }) => counts[key] > 0)
          .map(({ key }) => (
            <span key={key} className={styles[key]} style={{ flexGrow: counts[key] / total }} />
          ))}
      </div>
    </section>
  );
}
