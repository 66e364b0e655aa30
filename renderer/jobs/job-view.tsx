import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ListX } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useNotify } from "../controls/toasts.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { ElsewhereJobPage } from "../elsewhere/elsewhere-job-page.tsx";
import { JobPage } from "./job-page.tsx";

/** A discarded job goes once its run has left; there is nothing more to look at then. */
function useLeaveDiscarded(job: Job | undefined, isKnown: boolean): void {
  const navigate = useNavigate();
  const notify = useNotify();
  const discarded = useRef<string | null>(null);
  useEffect(() => {
    if (job !== undefined) {
      // Between its stop and its end it is stopped, as any other.
      if (job.status === "stopping" && job.stop.mode === "discard") discarded.current = job.name;
      else if (job.status !== "stopped") discarded.current = null;
    } else if (isKnown && discarded.current !== null) {
      notify.done(`“${discarded.current}” was discarded`);
      discarded.current = null;
      void navigate({ to: "/jobs" });
    }
  }, [job, isKnown, navigate, notify]);
}

/** The job that the address names, or why it cannot be shown. */
export function JobView() {
  const { jobId } = useParams({ from: "/jobs/$jobId" });
  const state = useDesk(({ jobs }) => jobs.state);
  const job = useDesk(({ jobs }) =>
    jobs.state === "ready" ? jobs.value.find(({ id }) => id === jobId) : undefined,
  );
  const error = useDesk(({ jobs }) => (jobs.state === "failed" ? jobs.error : null));

  const elsewhere = useDesk((state) => valueOr(state.elsewhere, null));
  const distant = elsewhere?.jobs.find(({ id }) => id === jobId);

  useLeaveDiscarded(job, state === "ready");

  if (job !== undefined) return <JobPage key={job.id} job={job} />;
  if (elsewhere !== null && distant !== undefined && state === "ready") {
    return <ElsewhereJobPage key={distant.id} job={distant} elsewhere={elsewhere} />;
  }
  return (
    <Page title="Job">
      <PageBody width={state === "failed" ? "measure" : "full"}>
        {state === "loading" && <Skeleton label="job" rows={6} rowHeight={24} />}
        {error !== null && (
          <Note tone="bad" title="The job could not be fetched">
            {error.message}
          </Note>
        )}
        {state === "ready" && (
          <EmptyState
            icon={ListX}
            title="There is no such job"
            action={
              <Link to="/jobs" className={buttonClass({})}>
                Go to all jobs
              </Link>
            }
          >
            It may have been deleted, or it is another machine’s job that you cannot see.
          </EmptyState>
        )}
      </PageBody>
    </Page>
  );
}
