import { Link } from "@tanstack/react-router";
import {
  Bell,
  Check,
  CircleAlert,
  CircleCheck,
  CirclePause,
  CircleStop,
  Coins,
  Database,
  HardDrive,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Notice } from "../../shared/contract/notifications.ts";
import { IconButton } from "../controls/icon-button.tsx";
import type { Tone } from "../controls/status-label.tsx";
import { formatAgo, formatDateTime } from "../format/time.ts";
import styles from "./notice-item.module.css";
import { noticePlace } from "./notice-place.ts";

const LOOKS: Readonly<Record<Notice["type"], { icon: LucideIcon; tone: Tone }>> = {
  job_completed: { icon: CircleCheck, tone: "good" },
  job_stopped: { icon: CircleStop, tone: "neutral" },
  job_failed: { icon: CircleAlert, tone: "bad" },
  job_interrupted: { icon: CirclePause, tone: "warning" },
  dataset_ready: { icon: Database, tone: "good" },
  dataset_rejected: { icon: Database, tone: "bad" },
  artifact_stored: { icon: HardDrive, tone: "good" },
  cost_limit: { icon: Coins, tone: "warning" },
  storage_problem: { icon: HardDrive, tone: "warning" },
  sync_problem: { icon: CircleAlert, tone: "warning" },
  system: { icon: Bell, tone: "neutral" },
};

type NoticeItemProps = {
  readonly notice: Notice;
  readonly now: number;
  readonly onRead: () => void;
  readonly onLeave: () => void;
};

export function NoticeItem({ notice, now, onRead, onLeave }: NoticeItemProps) {
  const { type, title, message, isRead, createdAt, actionUrl } = notice;
  const { icon: Icon, tone } = LOOKS[type];
  const follow = (): void => {
    if (!isRead) onRead();
    onLeave();
  };
  return (
    <li className={`${styles.item} ${isRead ? "" : styles.unread}`}>
      <Icon size={14} className={`${styles.icon} ${styles[tone]}`} aria-hidden />
      <div className={styles.words}>
        <p className={styles.title}>
          {!isRead && <span className="visually-hidden">Unread: </span>}
          <PlaceLink actionUrl={actionUrl} onFollow={follow}>
            {title}
          </PlaceLink>
        </p>
        {message !== "" && <p className={styles.message}>{message}</p>}
        <time className={styles.time} dateTime={createdAt} title={formatDateTime(createdAt)}>
          {formatAgo(createdAt, now)}
        </time>
      </div>
      {!isRead && <IconButton label={`Mark “${title}” as read`} icon={Check} onClick={onRead} />}
    </li>
  );
}

type PlaceLinkProps = {
  readonly actionUrl: string | null;
  readonly onFollow: () => void;
  readonly children: ReactNode;
};

function PlaceLink({ actionUrl, onFollow, children }: PlaceLinkProps) {
  const place = noticePlace(actionUrl);
  if (place === null) return children;
  return place.kind === "job" ? (
    <Link to="/jobs/$jobId" params={{ jobId: place.id }} onClick={onFollow}>
      {children}
    </Link>
  ) : (
    <Link to="/datasets/$datasetId" params={{ datasetId: place.id }} onClick={onFollow}>
      {children}
    </Link>
  );
}
