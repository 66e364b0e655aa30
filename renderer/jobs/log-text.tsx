import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { useVirtualRows } from "../controls/use-virtual-rows.ts";
import { cleanLine } from "./log-lines.ts";
import styles from "./log-text.module.css";

const LINE_HEIGHT = 18;
/** This near to the end counts as being at the end. */
const NEAR_PIXELS = 24;

type LogTextProps = {
  readonly lines: readonly string[];
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
};

/** Lines of which only those in sight are drawn; keeps to the end while it is followed. */
export function LogText({ lines, isFollowing, onFollow }: LogTextProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  // The line being written is not there yet when it is empty.
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  const rows = useVirtualRows({ count, scroller, rowHeight: LINE_HEIGHT, overscan: 24 });
  const height = rows.getTotalSize();

  useEffect(() => {
    const box = scroller.current;
    if (isFollowing && box !== null) box.scrollTo({ top: height + box.clientHeight });
  }, [isFollowing, height]);

  useKeptPlace(scroller, lines, height, isFollowing);

  const onScroll = (): void => {
    const box = scroller.current;
    if (box === null) return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PIXELS;
    // Only a person scrolls up; lines that grow taller when measured move nothing up.
    if (isAtEnd) onFollow(true);
    else if (box.scrollTop < lastTop.current - 1) onFollow(false);
    lastTop.current = box.scrollTop;
  };
  return (
    <ScrollRegion
      label="Log"
      role="log"
      className={styles.scroller}
      element={scroller}
      onScroll={onScroll}
    >
      <div className={styles.rows} style={{ height }}>
        {rows.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            ref={rows.measureElement}
            data-index={index}
            className={styles.row}
            style={{ transform: `translateY(${start}px)` }}
          >
            {cleanLine(lines[index] ?? "") || "\u200b"}
          </div>
        ))}
      </div>
    </ScrollRegion>
  );
}

/** When earlier lines are put in front, what was in sight stays in sight. */
function useKeptPlace(
  scroller: RefObject<HTMLDivElement | null>,
  lines: readonly string[],
  height: number,
  isFollowing: boolean,
): void {
  const before = useRef({ first: lines[0], height });
  useLayoutEffect(() => {
    const box = scroller.current;
    const former = before.current;
    before.current = { first: lines[0], height };
    if (box === null || isFollowing || former.first === lines[0]) return;
    box.scrollBy({ top: height - former.height });
  }, [scroller, lines, height, isFollowing]);
}
