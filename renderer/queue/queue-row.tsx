import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, GripVertical } from "lucide-react";
import { useEffect, useRef } from "react";
import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import { IconButton } from "../controls/icon-button.tsx";
import { Select } from "../controls/select.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { PRIORITY_OPTIONS } from "../jobs/accounting-words.ts";
import { JobMenu } from "../jobs/job-menu.tsx";
import { deviceWords, shortModelName } from "../jobs/job-words.ts";
import { useJobActions } from "../jobs/use-job-actions.ts";
import type { QueuedJob } from "./queue-order.ts";
import styles from "./queue-row.module.css";
import { waitingWords } from "./waiting-words.ts";
import type { RowDrag } from "./use-queue-drag.ts";

type QueueRowProps = {
  readonly job: QueuedJob;
  readonly place: number;
  readonly count: number;
  readonly now: number;
  readonly drag: RowDrag;
  readonly onMove: (by: -1 | 1) => void;
};

export function QueueRow({ job, place, count, now, drag, onMove }: QueueRowProps) {
  const device = useDesk(({ gpuReport }) =>
    deviceWords(job.device, valueOr(gpuReport, null)?.gpus ?? []),
  );
  const actions = useJobActions(job);
  const buttons = useRef<HTMLSpanElement>(null);
  const pressed = useRef<{ readonly by: -1 | 1; readonly from: number } | null>(null);
  // A row that is put elsewhere loses the focus, and the next press is to move it on.
  useEffect(() => {
    if (pressed.current === null || pressed.current.from === place) return;
    const [up, down] = buttons.current?.querySelectorAll("button") ?? [];
    const [same, other] = pressed.current.by < 0 ? [up, down] : [down, up];
    (same?.disabled === true ? other : same)?.focus();
    pressed.current = null;
  });
  const press = (by: -1 | 1) => () => {
    pressed.current = { by, from: place };
    onMove(by);
  };
  const marks = `${drag.isDragged ? styles.dragged : ""} ${drag.mark === null ? "" : styles[drag.mark]}`;
  const words = waitingWords(job, now);
  return (
    <li {...drag.handlers} className={`${styles.row} ${marks}`}>
      <GripVertical size={14} className={styles.grip} aria-hidden />
      <span className={styles.place}>{place + 1}</span>
      <div className={styles.name}>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          className={styles.link}
          title={job.name}
          draggable={false}
        >
          {job.name}
        </Link>
        <span className={styles.parts}>
          {shortModelName(job.baseModel.name)}, {job.dataset.name}, {device}
        </span>
      </div>
      <p className={styles.waiting} title={words}>
        {words}
      </p>
      <div className={styles.priority}>
        <Select<JobAccounting["priority"]>
          label={`Priority of ${job.name}`}
          value={job.accounting.priority}
          options={PRIORITY_OPTIONS}
          onChange={(priority) => actions.account.run({ priority })}
          isDisabled={actions.account.isRunning}
        />
      </div>
      <span ref={buttons} className={styles.buttons}>
        <IconButton
          label={`Move ${job.name} up`}
          icon={ChevronUp}
          disabled={place === 0}
          onClick={press(-1)}
        />
        <IconButton
          label={`Move ${job.name} down`}
          icon={ChevronDown}
          disabled={place === count - 1}
          onClick={press(1)}
        />
      </span>
      <JobMenu job={job} actions={actions} isComplete />
    </li>
  );
}
