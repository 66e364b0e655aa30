import type { QuarantinedChange } from "../../shared/contract/sync.ts";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import { formatCountOf } from "../format/numbers.ts";
import { TABLE_WORDS } from "./sync-words.ts";

type DiscardChangeDialogProps = {
  readonly change: QuarantinedChange;
  readonly dependents: readonly QuarantinedChange[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

export function DiscardChangeDialog(props: DiscardChangeDialogProps) {
  const { change, dependents, isOpen, onClose, onConfirm } = props;
  const thing = `${TABLE_WORDS[change.table].toLowerCase()} “${change.label}”`;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Give up the change of ${thing}?`}
      confirmLabel={
        dependents.length === 0
          ? "Discard this change"
          : `Discard ${formatCountOf(dependents.length + 1, "change")}`
      }
      onConfirm={onConfirm}
    >
      <p>
        The project never gets to know of it. {whatBecomes(change, thing)} Export the change first
        if you may need its values elsewhere.
      </p>
      {dependents.length > 0 && (
        <p>
          What waits for it is given up, too: {dependents.map(({ label }) => label).join(", ")}.
        </p>
      )}
    </ConfirmDialog>
  );
}

function whatBecomes({ action }: QuarantinedChange, thing: string): string {
  switch (action) {
    case "insert":
      return `The ${thing} stays on this computer as it is, and is kept local from now on.`;
    case "update":
      return `What the project says of the ${thing} holds on this computer again.`;
    case "delete":
      return `The ${thing} stays in the project, among what is elsewhere.`;
  }
}
