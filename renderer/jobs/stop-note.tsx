import type { JobOf } from "../../shared/contract/jobs.ts";
import { USUAL_STOP_GRACE_SECONDS } from "../../shared/contract/stop-timings.ts";
import { Note } from "../controls/note.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { useNow } from "../core/use-now.ts";
import { formatDuration } from "../format/time.ts";
import styles from "./stop-note.module.css";
import { stopProgress } from "./stop-progress.ts";
import type { StopProgress } from "./stop-progress.ts";

const CLOCK_MS = 1_000;

type StopNoteProps = { readonly job: JobOf<"stopping"> };

/** How far a stop has come, and what follows if the trainer does not leave. */
export function StopNote({ job }: StopNoteProps) {
  const now = useNow(CLOCK_MS);
  const grace = useDesk(
    ({ settings }) => valueOr(settings, null)?.stopGraceSeconds ?? USUAL_STOP_GRACE_SECONDS,
  );
  const progress = stopProgress(job, grace, now);
  return (
    <Note tone={progress.rung === "ask" ? "info" : "warning"} title={titleOf(job, progress)}>
      <div className={styles.parts}>
        <p>{nextWords(progress)}</p>
        {progress.share !== null && (
          <div className={styles.bar}>
            <ProgressBar label="Time until the next means" share={progress.share} tone="quiet" />
          </div>
        )}
      </div>
    </Note>
  );
}

const ASKED = {
  checkpoint: "Stopping: the trainer writes a checkpoint first, so that Resume can go on from here",
  after_epoch: "Stopping at the end of this epoch",
  discard: "Stopping at once: this run is discarded",
} as const;

function titleOf({ stop }: JobOf<"stopping">, { rung }: StopProgress): string {
  if (rung === "ask") return ASKED[stop.mode];
  return rung === "terminate"
    ? "The trainer has not left yet: it was asked again, by SIGTERM"
    : "The trainer does not leave: its processes are being killed";
}

function nextWords({ rung, secondsLeft }: StopProgress): string {
  if (rung === "kill") return "The checkpoints that it has written are kept.";
  if (secondsLeft === null) return "It takes as long as the epoch does. It can be hurried above.";
  const next = rung === "ask" ? "it is asked again by SIGTERM" : "its processes are killed";
  return `If it is still there in ${formatDuration(Math.max(1, secondsLeft))}, ${next}.`;
}
