import { Play, Square } from "lucide-react";
import type { Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { JobMenu } from "./job-menu.tsx";
import { canResume, canStop } from "./jobs-slice.ts";
import type { JobActions } from "./use-job-actions.ts";

type JobButtonsProps = { readonly job: Job; readonly actions: JobActions };

/** The one thing that one would do with a job now, and the rest behind three dots. */
export function JobButtons({ job, actions }: JobButtonsProps) {
  const { stop, resume } = actions;
  return (
    <>
      {canStop(job) && (
        <Button icon={Square} onClick={stop.run} isBusy={stop.isRunning}>
          {job.status === "queued" ? "Take out of the queue" : "Stop"}
        </Button>
      )}
      {job.status === "stopping" && (
        <Button icon={Square} isBusy>
          Stopping
        </Button>
      )}
      {canResume(job) && (
        <Button look="primary" icon={Play} onClick={resume.run} isBusy={resume.isRunning}>
          Resume
        </Button>
      )}
      <JobMenu job={job} actions={actions} />
    </>
  );
}
