import { Trash2 } from "lucide-react";
import { useState } from "react";
import { elsewhereDeletionWords } from "../../shared/elsewhere-deletion-words.ts";
import { Button } from "../controls/button.tsx";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { useNotify } from "../controls/toasts.tsx";
import { useClient } from "../core/desk.tsx";
import { useAction } from "../core/use-action.ts";

const WORDS = {
  training_jobs: "job",
  model_artifacts: "adapter",
  datasets: "dataset",
} as const;

type DeleteElsewhereButtonProps = {
  readonly table: keyof typeof WORDS;
  readonly id: string;
  readonly name: string;
  /** Where it was made; null where that is not known. */
  readonly workstation: string | null;
  readonly onDeleted?: () => void;
};

/** For what no other machine could delete: its own may be gone for good. */
export function DeleteElsewhereButton(props: DeleteElsewhereButtonProps) {
  const { table, id, name, workstation, onDeleted } = props;
  const client = useClient();
  const notify = useNotify();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useAction(async () => {
    await client.request("elsewhere.delete", { table, id });
    notify.done(`“${name}” is deleted in the project with the next sync.`);
    onDeleted?.();
  }, notify.failed);
  return (
    <>
      <Button
        size="small"
        look="quiet"
        icon={Trash2}
        isBusy={remove.isRunning}
        aria-label={`Delete from the project… ${name}`}
        onClick={() => setIsOpen(true)}
      >
        Delete from the project…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title={`Delete “${name}” from the project?`}
        confirmLabel={`Delete ${WORDS[table]}`}
        onConfirm={() => remove.run()}
      >
        <p>{elsewhereDeletionWords(WORDS[table], workstation)}</p>
      </ConfirmDialog>
    </>
  );
}
