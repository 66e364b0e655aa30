import {
  CircleAlert,
  CircleCheck,
  Flag,
  MessageSquareText,
  RotateCcw,
  Save,
  TriangleAlert,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useMemo, useRef } from "react";
import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { StatusLabel } from "../controls/status-label.tsx";
import type { Tone } from "../controls/status-label.tsx";
import { useVirtualRows } from "../controls/use-virtual-rows.ts";
import type { Loadable } from "../core/loadable.ts";
import { formatCount } from "../format/numbers.ts";
import { formatDateTime } from "../format/time.ts";
import styles from "./job-timeline.module.css";
import { TIMELINE_WORDS } from "./job-words.ts";
import { TabBody } from "./tab-body.tsx";

const LOOKS: Readonly<Record<TimelineEntry["kind"], { tone: Tone; icon: LucideIcon }>> = {
  status: { tone: "neutral", icon: Flag },
  sample: { tone: "neutral", icon: MessageSquareText },
  checkpoint: { tone: "neutral", icon: Save },
  warning: { tone: "warning", icon: TriangleAlert },
  error: { tone: "bad", icon: CircleAlert },
  done: { tone: "good", icon: CircleCheck },
  resumed: { tone: "warning", icon: RotateCcw },
};

const ROW_HEIGHT = 36;

type JobTimelineProps = { readonly timeline: Loadable<readonly TimelineEntry[]> };

/** What has happened to a job, the newest first. */
export function JobTimeline({ timeline }: JobTimelineProps) {
  if (timeline.state === "ready" && timeline.value.length > 0) {
    return <Entries entries={timeline.value} />;
  }
  return (
    <TabBody>
      {timeline.state === "loading" && <Skeleton label="timeline" rows={6} rowHeight={20} />}
      {timeline.state === "failed" && (
        <Note tone="bad" title="The timeline could not be fetched">
          {timeline.error.message}
        </Note>
      )}
      {timeline.state === "ready" && (
        <EmptyState icon={Flag} title="Nothing has happened yet">
          Checkpoints, warnings, samples and restarts are listed here, the newest first.
        </EmptyState>
      )}
    </TabBody>
  );
}

type EntriesProps = { readonly entries: readonly TimelineEntry[] };

function Entries({ entries }: EntriesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const newestFirst = useMemo(() => entries.toReversed(), [entries]);
  const rows = useVirtualRows({
    count: newestFirst.length,
    scroller,
    rowHeight: ROW_HEIGHT,
    overscan: 12,
  });
  return (
    <ScrollRegion label="Timeline" className={styles.scroller} element={scroller}>
      <ol className={styles.entries} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const entry = newestFirst[index];
          if (entry === undefined) return null;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={styles.place}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Entry entry={entry} />
            </li>
          );
        })}
      </ol>
    </ScrollRegion>
  );
}

type EntryProps = { readonly entry: TimelineEntry };

function Entry({ entry: { at, attempt, step, kind, message } }: EntryProps) {
  const { tone, icon } = LOOKS[kind];
  return (
    <div className={styles.entry}>
      <time dateTime={at} className={styles.time}>
        {formatDateTime(at)}
      </time>
      <StatusLabel tone={tone} icon={icon} text={TIMELINE_WORDS[kind]} />
      <span className={styles.step}>{step === null ? "" : `step ${formatCount(step)}`}</span>
      <p className={styles.message}>{message}</p>
      <span className={styles.attempt}>{attempt > 1 ? `attempt ${attempt}` : ""}</span>
    </div>
  );
}
