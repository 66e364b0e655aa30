import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { deletionWords } from "../../shared/deletion-words.ts";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { useRequest } from "../core/use-request.ts";
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
  const deletion = useRequest("jobs.deletion", isOpen ? { id: job.id } : null);
  const isCopy = deletion.state === "ready" && deletion.value.reach === "copy";
  const bytes = artifact?.files.reduce((sum, file) => sum + file.bytes, 0);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Delete “${job.name}”?`}
      confirmLabel={isCopy ? "Remove the copy" : "Delete job"}
      onConfirm={onConfirm}
    >
      {isCopy ? (
        <p>
          The job and{" "}
          <strong>its adapter{bytes !== undefined && ` (${formatBytes(bytes)})`}</strong> are taken
          off this computer.
        </p>
      ) : (
        <p>
          Its metrics, log and checkpoints
          {bytes !== undefined && <strong> and its adapter ({formatBytes(bytes)})</strong>} are
          removed for good. The dataset and the base model stay.
        </p>
      )}
      {deletion.state === "ready" && <p>{deletionWords("job", deletion.value)}</p>}
      <p className={styles.path}>{job.runPath}</p>
    </ConfirmDialog>
  );
}
