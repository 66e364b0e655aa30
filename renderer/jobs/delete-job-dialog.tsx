import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { formatBytes } from "../format/bytes.ts";
import styles from "./delete-job-dialog.module.css";

type DeleteJobDialogProps = {
  readonly job: Job;
  readonly artifact: Artifact | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

/** Names all that goes with a job, because none of it comes back. */
export function DeleteJobDialog(props: DeleteJobDialogProps) {
  const { job, artifact, isOpen, onClose, onConfirm } = props;
  const bytes = artifact?.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Delete “${job.name}”?`}
      confirmLabel="Delete job"
      onConfirm={onConfirm}
    >
      <p>
        Its metrics, log and checkpoints
        {bytes !== undefined && <strong> and its adapter ({formatBytes(bytes)})</strong>} are
        removed for good. The dataset and the base model stay.
      </p>
      <p className={styles.path}>{job.runPath}</p>
    </ConfirmDialog>
  );
}
