import { Link, useParams } from "@tanstack/react-router";
import { ListX } from "lucide-react";
import { buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { JobPage } from "./job-page.tsx";

/** The job that the address names, or why it cannot be shown. */
export function JobView() {
  const { jobId } = useParams({ from: "/jobs/$jobId" });
  const state = useDesk(({ jobs }) => jobs.state);
  const job = useDesk(({ jobs }) =>
    jobs.state === "ready" ? jobs.value.find(({ id }) => id === jobId) : undefined,
  );
  const error = useDesk(({ jobs }) => (jobs.state === "failed" ? jobs.error : null));

  if (job !== undefined) return <JobPage key={job.id} job={job} />;
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
            It may have been deleted, or the address is of another machine’s job.
          </EmptyState>
        )}
      </PageBody>
    </Page>
  );
}
