import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { buttonClass } from "../controls/button.tsx";
import { Note } from "../controls/note.tsx";
import { Page, PageBody } from "../controls/page.tsx";
import { Skeleton } from "../controls/skeleton.tsx";
import { useDesk } from "../core/desk.tsx";
import type { Loadable } from "../core/loadable.ts";
import { valueOr } from "../core/loadable.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { jobCounts } from "../jobs/job-facts.ts";
import { isFirstRun } from "./first-run.ts";
import { FirstRunGuide } from "./first-run-guide.tsx";
import { MachineSummary } from "./machine-summary.tsx";
import styles from "./overview-view.module.css";
import { RecentResults } from "./recent-results.tsx";
import { RunningJobs } from "./running-jobs.tsx";
import { Troubles } from "./troubles.tsx";

export function OverviewView() {
  const jobs = useDesk((state) => state.jobs);
  const isFirst = useIsFirstRun();
  return (
    <Page
      title="Overview"
      state={describe(jobs)}
      actions={
        <Link to="/jobs/new" className={buttonClass({ look: isFirst ? "plain" : "primary" })}>
          <Plus size={14} aria-hidden />
          New job
        </Link>
      }
    >
      <PageBody>
        <div className={styles.columns}>
          <div className={styles.main}>
            <Main jobs={jobs} isFirst={isFirst} />
          </div>
          <aside className={styles.side} aria-label="This machine">
            <MachineSummary />
          </aside>
        </div>
      </PageBody>
    </Page>
  );
}

/** An empty line while loading, so that nothing moves when the words come. */
function describe(jobs: Loadable<readonly Job[]>): string {
  if (jobs.state !== "ready") return "";
  return jobs.value.length === 0 ? "No jobs yet" : jobCounts(jobs.value);
}

type MainProps = { readonly jobs: Loadable<readonly Job[]>; readonly isFirst: boolean };

function Main({ jobs, isFirst }: MainProps) {
  if (jobs.state === "loading") return <Skeleton label="jobs" rows={8} />;
  if (jobs.state === "failed") {
    return (
      <Note tone="bad" title="The jobs could not be listed">
        {jobs.error.message}
      </Note>
    );
  }
  if (isFirst) return <FirstRunGuide />;
  return (
    <>
      <Troubles />
      <RunningJobs jobs={jobs.value} />
      <RecentResults jobs={jobs.value} />
    </>
  );
}

function useIsFirstRun(): boolean {
  return useDesk(
    ({ jobs, sampleRun }) =>
      jobs.state === "ready" &&
      isFirstRun(jobs.value, valueOr(sampleRun, { state: "idle" as const })),
  );
}
