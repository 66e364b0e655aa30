import { FileDown, PencilLine, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { QuarantinedChange } from "../../shared/contract/sync.ts";
import { ActionMenu } from "../controls/action-menu.tsx";
import { Button } from "../controls/button.tsx";
import tableStyles from "../controls/table.module.css";
import { formatAgo, formatDateTime } from "../format/time.ts";
import { DiscardChangeDialog } from "./discard-change-dialog.tsx";
import { EditChangeDialog } from "./edit-change-dialog.tsx";
import styles from "./quarantine.module.css";
import { TABLE_WORDS } from "./sync-words.ts";
import { useQuarantineActions } from "./use-quarantine-actions.ts";

const ACTION_WORDS = { insert: "new", update: "changed", delete: "deleted" } as const;

type QuarantinedRowProps = {
  readonly change: QuarantinedChange;
  /** Those that wait for this one, and go with it. */
  readonly dependents: readonly QuarantinedChange[];
  readonly now: number;
  readonly onDone: () => void;
};

export function QuarantinedRow(props: QuarantinedRowProps) {
  const { change, dependents, now, onDone } = props;
  const [open, setOpen] = useState<"edit" | "discard" | null>(null);
  const { retry, retryWith, exportFile, discard } = useQuarantineActions(change, onDone);
  const { opId, label, table, action, message, at, dependsOn, values } = change;
  // Without an operation of its own it goes by that of its cause, which is not what is meant here.
  const isUnnamed = opId === dependsOn;
  const close = (): void => {
    setOpen(null);
    retryWith.clearError();
  };
  return (
    <tr>
      <th scope="row" className={styles.subject}>
        <span className={styles.label} title={label}>
          {label}
        </span>
        <span className={styles.kind}>
          {TABLE_WORDS[table]}, {ACTION_WORDS[action]}
        </span>
      </th>
      <td className={styles.why}>{message}</td>
      <td className={`${tableStyles.number} ${tableStyles.muted}`} title={formatDateTime(at)}>
        {formatAgo(at, now)}
      </td>
      <td className={styles.actions}>
        <span className={styles.buttons}>
          {dependsOn === null && (
            <Button
              size="small"
              icon={RotateCw}
              isBusy={retry.isRunning}
              aria-label={`Retry ${label}`}
              onClick={retry.run}
            >
              Retry
            </Button>
          )}
          {!isUnnamed && (
            <ActionMenu
              label={`More actions for ${label}`}
              actions={[
                ...(dependsOn === null && Object.keys(values).length > 0
                  ? [
                      {
                        label: "Edit values…",
                        icon: PencilLine,
                        onSelect: () => setOpen("edit"),
                      },
                    ]
                  : []),
                { label: "Export to file", icon: FileDown, onSelect: exportFile.run },
                {
                  label: "Discard…",
                  icon: Trash2,
                  onSelect: () => setOpen("discard"),
                  isDestructive: true,
                  isDisabled: discard.isRunning,
                },
              ]}
            />
          )}
        </span>
        <EditChangeDialog
          change={change}
          isOpen={open === "edit"}
          onClose={close}
          retryWith={retryWith}
        />
        <DiscardChangeDialog
          change={change}
          dependents={dependents}
          isOpen={open === "discard"}
          onClose={close}
          onConfirm={discard.run}
        />
      </td>
    </tr>
  );
}
