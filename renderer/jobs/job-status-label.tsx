import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleStop,
  Clock,
  Hourglass,
  PencilLine,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { JobStatus } from "../../shared/contract/jobs.ts";
import { StatusLabel } from "../controls/status-label.tsx";
import { STATUS_TONES, STATUS_WORDS } from "./job-words.ts";

const ICONS: Readonly<Record<JobStatus, LucideIcon>> = {
  draft: PencilLine,
  queued: Clock,
  preparing: CircleDashed,
  running: CircleDot,
  stopping: Hourglass,
  completed: CircleCheck,
  stopped: CircleStop,
  failed: CircleAlert,
  interrupted: CirclePause,
};

type JobStatusLabelProps = { readonly status: JobStatus };

export function JobStatusLabel({ status }: JobStatusLabelProps) {
  return (
    <StatusLabel tone={STATUS_TONES[status]} icon={ICONS[status]} text={STATUS_WORDS[status]} />
  );
}
