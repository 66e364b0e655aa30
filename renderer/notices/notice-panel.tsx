import { Popover } from "@base-ui/react/popover";
import { Link } from "@tanstack/react-router";
import { CheckCheck } from "lucide-react";
import { Button } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { ScrollRegion } from "../controls/scroll-region.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useNow } from "../core/use-now.ts";
import { NoticeItem } from "./notice-item.tsx";
import styles from "./notice-panel.module.css";
import type { NoticeDesk } from "./use-notices.ts";

const CLOCK_MS = 15_000;

type NoticePanelProps = {
  readonly desk: NoticeDesk;
  /** A link was followed. */
  readonly onLeave: () => void;
};

export function NoticePanel({ desk: { notices, markRead }, onLeave }: NoticePanelProps) {
  const now = useNow(CLOCK_MS);
  return (
    <>
      <header className={styles.header}>
        <Popover.Title className={styles.title}>Notifications</Popover.Title>
        {notices.state === "ready" && notices.value.unread > 0 && (
          <Button look="quiet" size="small" icon={CheckCheck} onClick={() => markRead(null)}>
            Mark all as read
          </Button>
        )}
      </header>
      <ScrollRegion label="Notifications" className={styles.scroller}>
        {notices.state === "loading" && (
          <div className={styles.inset}>
            <Skeleton label="notifications" rows={4} />
          </div>
        )}
        {notices.state === "failed" && (
          <div className={styles.inset}>
            <Note tone="bad" title="The notifications could not be fetched">
              {notices.error.message}
            </Note>
          </div>
        )}
        {notices.state === "ready" && notices.value.notices.length === 0 && (
          <p className={styles.none}>
            Nothing yet. That a run has ended, was interrupted or needs attention is told here.
          </p>
        )}
        {notices.state === "ready" && (
          <ul>
            {notices.value.notices.map((notice) => (
              <NoticeItem
                key={notice.id}
                notice={notice}
                now={now}
                onRead={() => markRead(notice.id)}
                onLeave={onLeave}
              />
            ))}
          </ul>
        )}
      </ScrollRegion>
      <footer className={styles.footer}>
        <Link to="/settings" onClick={onLeave}>
          Where else to be told
        </Link>
      </footer>
    </>
  );
}
