import type { Job } from "../../shared/contract/jobs.ts";
import { deletionWords } from "../../shared/deletion-words.ts";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { useRequest } from "../core/use-request.ts";
import { formatCountOf } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";
import styles from "./delete-job-dialog.module.css";
import { secondsSinceStart } from "./job-facts.ts";

type DiscardJobDialogProps = {
  readonly job: Job;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

/** Names what is lost when a run is stopped at once and not kept. */
export function DiscardJobDialog({ job, isOpen, onClose, onConfirm }: DiscardJobDialogProps) {
  const deletion = useRequest("jobs.deletion", isOpen ? { id: job.id } : null);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Discard “${job.name}”?`}
      confirmLabel="Stop and discard"
      onConfirm={onConfirm}
    >
      <p>
        The run is stopped at once, and <strong>{lossWords(job)}</strong> removed for good. The
        dataset and the base model stay.
      </p>
      {deletion.state === "ready" && <p>{deletionWords("job", deletion.value)}</p>}
      <p className={styles.path}>{job.runPath}</p>
    </ConfirmDialog>
  );
}

function lossWords(job: Job): string {
  const { step } = job.progress;
  if (step === 0) return "its log is";
  const seconds = secondsSinceStart(job, Date.now());
  const time = seconds === null ? "" : ` (${formatDuration(seconds)} of this attempt)`;
  return `its ${formatCountOf(step, "step")}${time}, metrics, log and checkpoints are`;
}
