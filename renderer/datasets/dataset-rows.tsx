import { useRef, useState } from "react";
import type { CSSProperties } from "react";
import { flushSync } from "react-dom";
import { Note } from "../controls/note.tsx";
import { Button } from "../controls/button.tsx";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { useVirtualRows } from "../controls/use-virtual-rows.ts";
import { formatCount } from "../format/numbers.ts";
import { DatasetRow } from "./dataset-row.tsx";
import styles from "./dataset-rows.module.css";
import { RowPlace } from "./row-place.tsx";
import { SECTION_ROWS, sectionOf } from "./row-sections.ts";
import { useRowPages } from "./use-row-pages.ts";

type DatasetRowsProps = { readonly id: string; readonly name: string; readonly total: number };

/** The rows as they will be trained on. Only those in sight are fetched and drawn. */
export function DatasetRows({ id, name, total }: DatasetRowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState(0);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const virtual = useVirtualRows({
    count: Math.min(SECTION_ROWS, total - start),
    scroller,
    rowHeight: 92,
    overscan: 5,
  });
  const items = virtual.getVirtualItems();
  const first = start + (items[0]?.index ?? 0);
  const last = start + (items.at(-1)?.index ?? -1);
  const { rowAt, error, retry } = useRowPages("datasets.preview", id, first, last);

  const goTo = (index: number): void => {
    const { start: wanted } = sectionOf(index, total);
    // The list has to be that of the section before it can go to a row of it.
    flushSync(() => setStart(wanted));
    virtual.scrollToIndex(index - wanted, { align: "start" });
  };
  const toggle = (index: number): void => {
    const next = new Set(opened);
    if (!next.delete(index)) next.add(index);
    setOpened(next);
  };
  return (
    <>
      <RowPlace start={start} total={total} onGoTo={goTo} />
      {error !== null && (
        <div className={styles.problem}>
          <Note
            tone="bad"
            title="These rows could not be read"
            action={<Button onClick={retry}>Try again</Button>}
          >
            {error.message}
          </Note>
        </div>
      )}
      <ScrollRegion label={`Rows of ${name}`} className={styles.scroller} element={scroller}>
        <ol className={styles.rows} style={{ height: virtual.getTotalSize(), ...digits(total) }}>
          {items.map((item) => {
            const index = start + item.index;
            return (
              <li
                key={index}
                ref={virtual.measureElement}
                data-index={item.index}
                className={styles.row}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-posinset={index + 1}
                aria-setsize={total}
              >
                <DatasetRow
                  datasetId={id}
                  index={index}
                  row={rowAt(index)}
                  isOpen={opened.has(index)}
                  onToggle={() => toggle(index)}
                />
              </li>
            );
          })}
        </ol>
      </ScrollRegion>
    </>
  );
}

/** Row numbers take as much room as the largest of them needs. */
function digits(total: number): CSSProperties {
  return { "--digits": formatCount(total).length } as CSSProperties;
}
