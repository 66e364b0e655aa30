import { CopyPlus, ListOrdered, Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { ActionMenu } from "../controls/action-menu.tsx";
import type { MenuAction } from "../controls/action-menu.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { AccountingDialog } from "./accounting-dialog.tsx";
import { DeleteJobDialog } from "./delete-job-dialog.tsx";
import { artifactOf } from "./job-facts.ts";
import { canResume, canStop, isEnded } from "./jobs-slice.ts";
import type { JobActions } from "./use-job-actions.ts";

type JobMenuProps = {
  readonly job: Job;
  readonly actions: JobActions;
  /** In a list, where there are no buttons for them, stopping and resuming stand here too. */
  readonly isComplete?: boolean;
};

export function JobMenu({ job, actions, isComplete = false }: JobMenuProps) {
  const [isAsking, setIsAsking] = useState(false);
  const [isAccounting, setIsAccounting] = useState(false);
  const artifact = useDesk((state) => artifactOf(valueOr(state.artifacts, []), job.id));
  const { stop, account, resume, remove, repeat } = actions;
  const items: MenuAction[] = [];
  if (isComplete && canStop(job)) {
    items.push({
      label: job.status === "queued" ? "Take out of the queue" : "Stop",
      icon: Square,
      onSelect: () => stop.run("checkpoint"),
      isDisabled: stop.isRunning,
    });
  }
  if (isComplete && canResume(job)) {
    items.push({ label: "Resume", icon: Play, onSelect: resume.run, isDisabled: resume.isRunning });
  }
  if (!isEnded(job)) {
    items.push({
      label: "Queue and accounting…",
      icon: ListOrdered,
      onSelect: () => setIsAccounting(true),
      isDisabled: account.isRunning,
    });
  }
  items.push(
    { label: "New job with these settings", icon: CopyPlus, onSelect: repeat },
    {
      label: isEnded(job) ? "Delete…" : "Delete (stop it first)",
      icon: Trash2,
      onSelect: () => setIsAsking(true),
      isDestructive: true,
      isDisabled: !isEnded(job) || remove.isRunning,
    },
  );
  return (
    <>
      <ActionMenu label={`More actions for ${job.name}`} actions={items} />
      <DeleteJobDialog
        job={job}
        artifact={artifact}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={remove.run}
      />
      <AccountingDialog
        job={job}
        isOpen={isAccounting}
        onClose={() => setIsAccounting(false)}
        onSave={account.run}
      />
    </>
  );
}
