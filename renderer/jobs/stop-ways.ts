import { CircleStop, Flag, Trash2 } from "lucide-react";
import type { Job, StopMode } from "../../shared/contract/jobs.ts";
import type { MenuAction } from "../controls/action-menu.tsx";

const URGENCY: Readonly<Record<StopMode, number>> = { after_epoch: 0, checkpoint: 1, discard: 2 };

type Way = Pick<MenuAction, "label" | "icon" | "isDestructive"> & { readonly mode: StopMode };

const WAYS: readonly Way[] = [
  { mode: "checkpoint", label: "Stop with a checkpoint", icon: CircleStop },
  { mode: "after_epoch", label: "Stop after this epoch", icon: Flag },
  { mode: "discard", label: "Stop and discard…", icon: Trash2, isDestructive: true },
];

/** How a run can be stopped; one that is stopping already can only be hurried. */
export function stopWays(job: Job): readonly Way[] {
  switch (job.status) {
    case "preparing":
      return WAYS.filter(({ mode }) => mode !== "after_epoch");
    case "running":
      return WAYS;
    case "stopping":
      return WAYS.filter(({ mode }) => URGENCY[mode] > URGENCY[job.stop.mode]);
    case "draft":
    case "queued":
    case "completed":
    case "stopped":
    case "failed":
    case "interrupted":
      return [];
    default:
      return job satisfies never;
  }
}
