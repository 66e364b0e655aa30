import { Play, Save, Square } from "lucide-react";
import { useState } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { ActionMenu } from "../controls/action-menu.tsx";
import { Button } from "../controls/button.tsx";
import { DiscardJobDialog } from "./discard-job-dialog.tsx";
import styles from "./job-buttons.module.css";
import { JobMenu } from "./job-menu.tsx";
import { canResume, canStop } from "./jobs-slice.ts";
import { stopWays } from "./stop-ways.ts";
import type { JobActions } from "./use-job-actions.ts";

type JobButtonsProps = { readonly job: Job; readonly actions: JobActions };

/** The one thing that one would do with a job now, and the rest behind three dots. */
export function JobButtons({ job, actions }: JobButtonsProps) {
  const { checkpoint, resume } = actions;
  return (
    <>
      {job.status === "running" && (
        <Button look="quiet" icon={Save} onClick={checkpoint.run} isBusy={checkpoint.isRunning}>
          Checkpoint now
        </Button>
      )}
      <StopButtons job={job} actions={actions} />
      {canResume(job) && (
        <Button look="primary" icon={Play} onClick={resume.run} isBusy={resume.isRunning}>
          Resume
        </Button>
      )}
      <JobMenu job={job} actions={actions} />
    </>
  );
}

function StopButtons({ job, actions: { stop } }: JobButtonsProps) {
  const [isAsking, setIsAsking] = useState(false);
  if (job.status !== "stopping" && !canStop(job)) return null;
  const ways = stopWays(job);
  return (
    <div className={styles.stop}>
      {job.status === "stopping" ? (
        <Button icon={Square} isBusy>
          Stopping
        </Button>
      ) : (
        <Button icon={Square} onClick={() => stop.run("checkpoint")} isBusy={stop.isRunning}>
          {job.status === "queued" ? "Take out of the queue" : "Stop"}
        </Button>
      )}
      {ways.length > 0 && (
        <ActionMenu
          label={job.status === "stopping" ? "Ways to hurry the stop" : "Other ways to stop"}
          look="arrow"
          actions={ways.map(({ mode, ...way }) => ({
            ...way,
            isDisabled: stop.isRunning,
            onSelect: () => (mode === "discard" ? setIsAsking(true) : stop.run(mode)),
          }))}
        />
      )}
      <DiscardJobDialog
        job={job}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => stop.run("discard")}
      />
    </div>
  );
}
