import { CircleCheck } from "lucide-react";
import { useRef } from "react";
import { Button } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import table from "../controls/table.module.css";
import { useVirtualRows } from "../controls/use-virtual-rows.ts";
import { formatCount } from "../format/numbers.ts";
import { RejectedRow } from "./rejected-row.tsx";
import styles from "./rejected-rows.module.css";
import { useRowPages } from "./use-row-pages.ts";

/** The core keeps the first this many with their reasons, and counts all. */
const MOST_KEPT = 10_000;

type RejectedRowsProps = { readonly id: string; readonly name: string; readonly total: number };

export function RejectedRows({ id, name, total }: RejectedRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const count = Math.min(total, MOST_KEPT);
  const virtual = useVirtualRows({ count, scroller, rowHeight: 47, overscan: 8 });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  const { rowAt, error, retry } = useRowPages("datasets.rejections", id, first, last);
  if (total === 0) {
    return (
      <EmptyState icon={CircleCheck} title="Every row was taken">
        Rows that cannot be used would be listed here, with the reason and what would mend them.
      </EmptyState>
    );
  }
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      {error !== null && (
        <div className={styles.note}>
          <Note
            tone="bad"
            title="These rows could not be read"
            action={<Button onClick={retry}>Try again</Button>}
          >
            {error.message}
          </Note>
        </div>
      )}
      <ScrollRegion
        label={`Rows left out of ${name}`}
        className={styles.scroller}
        element={scroller}
      >
        <table className={`${table.table} ${styles.table}`} aria-rowcount={count + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th className={styles.line}>Line</th>
              <th className={styles.reason}>Reason</th>
              <th>What is wrong</th>
              <th className={styles.beginning}>How the row begins</th>
            </tr>
          </thead>
          <tbody>
            <Gap height={above} />
            {items.map(({ index }) => (
              <RejectedRow
                key={index}
                index={index}
                row={rowAt(index)}
                measure={virtual.measureElement}
              />
            ))}
            <Gap height={below} />
          </tbody>
        </table>
        {total > count && (
          <p className={styles.note}>
            These are the first {formatCount(count)} of {formatCount(total)} rows that were left
            out; the others are only counted.
          </p>
        )}
      </ScrollRegion>
    </>
  );
}

type GapProps = { readonly height: number };

/** Stands for the rows that are out of sight. */
function Gap({ height }: GapProps) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className={styles.gap}>
      {/* Hidden from assistive technology with its row: it holds nothing. */}
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
      <td colSpan={4} style={{ height }} />
    </tr>
  );
}
