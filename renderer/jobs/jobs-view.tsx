import { Link } from "@tanstack/react-router";
import { ListChecks, Plus } from "lucide-react";
import { buttonClass } from "../controls/button.tsx";
import { EmptyState } from "../controls/empty-state.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import { ElsewhereJobs } from "../elsewhere/elsewhere-jobs.tsx";
import { QueueSection } from "../queue/queue-section.tsx";
import type { Job } from "../../shared/contract/jobs.ts";
import { jobCounts } from "./job-facts.ts";
import { JobTable } from "./job-table.tsx";
import { isActive, isEnded } from "./jobs-slice.ts";
import styles from "./jobs-view.module.css";

export function JobsView() {
  const jobs = useDesk((state) => state.jobs);
  const isEmpty = jobs.state === "ready" && jobs.value.length === 0;
  return (
    <Page
      title="Jobs"
      state={jobs.state === "ready" && !isEmpty ? jobCounts(jobs.value) : undefined}
      actions={isEmpty ? undefined : <NewJobLink />}
    >
      {jobs.state === "loading" && (
        <PageBody>
          <Skeleton label="jobs" rows={6} rowHeight={24} />
        </PageBody>
      )}
      {jobs.state === "failed" && (
        <PageBody width="measure">
          <Note tone="bad" title="The jobs could not be fetched">
            {jobs.error.message}
          </Note>
        </PageBody>
      )}
      {isEmpty && (
        <div className={styles.list}>
          <EmptyState icon={ListChecks} title="No jobs yet" action={<NewJobLink />}>
            A job trains an adapter: it takes one dataset, one base model and the settings of the
            training. It goes on when this window is closed.
          </EmptyState>
          <ElsewhereJobs />
        </div>
      )}
      {jobs.state === "ready" && !isEmpty && (
        <div className={styles.list}>
          <JobGroup title="Running" jobs={jobs.value.filter(isActive)} />
          <QueueSection />
          <JobGroup title="Ended" jobs={jobs.value.filter(isResting)} />
          <ElsewhereJobs />
        </div>
      )}
    </Page>
  );
}

/** Neither on a device nor waiting for one. */
function isResting(job: Job): boolean {
  return isEnded(job) || job.status === "draft";
}

type JobGroupProps = { readonly title: string; readonly jobs: readonly Job[] };

function JobGroup({ title, jobs }: JobGroupProps) {
  if (jobs.length === 0) return null;
  return (
    <section className={styles.group}>
      <h2 className={styles.title}>{title}</h2>
      <JobTable label={title} jobs={jobs} />
    </section>
  );
}

function NewJobLink() {
  return (
    <Link to="/jobs/new" className={buttonClass({ look: "primary" })}>
      <Plus size={14} aria-hidden />
      New job
    </Link>
  );
}
