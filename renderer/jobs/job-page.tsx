import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import type { Job } from "../../shared/contract/jobs.ts";
import { useWidth } from "../charts/use-width.ts";
import { Page } from "../controls/page.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { TabBar } from "../controls/tab-bar.tsx";
import type { Tab } from "../controls/tab-bar.tsx";
import { valueOr } from "../core/loadable.ts";
import { chartPixels } from "../elsewhere/elsewhere-charts.tsx";
import { useElsewhereMetrics } from "../elsewhere/use-elsewhere-metrics.ts";
import { SyncPlace } from "../sync/sync-place.tsx";
import { ShareJobField } from "../teams/share-job-field.tsx";
import { DryRunLine } from "./dry-run-line.tsx";
import { HealthNote } from "./health-note.tsx";
import { JobButtons } from "./job-buttons.tsx";
import { progressShare } from "./job-facts.ts";
import { JobFigures } from "./job-figures.tsx";
import { JobNotice } from "./job-notice.tsx";
import styles from "./job-page.module.css";
import { JobStateLine } from "./job-state-line.tsx";
import { JobTabPanel } from "./job-tab-panel.tsx";
import type { JobTab } from "./job-tab-panel.tsx";
import { isActive, isDownloaded } from "./jobs-slice.ts";
import { useJobActions } from "./use-job-actions.ts";
import { useJobMetrics } from "./use-job-metrics.ts";
import { useJobTimeline } from "./use-job-timeline.ts";

const TABS: readonly Tab<JobTab>[] = [
  { value: "charts", label: "Charts" },
  { value: "samples", label: "Samples" },
  { value: "log", label: "Log" },
  { value: "timeline", label: "Timeline" },
  { value: "history", label: "History" },
  { value: "cost", label: "Cost" },
  { value: "configuration", label: "Configuration" },
  { value: "result", label: "Result" },
];

const TABS_OF_COPY: readonly JobTab[] = ["charts", "configuration", "result"];

type JobPageProps = { readonly job: Job };

export function JobPage({ job }: JobPageProps) {
  const navigate = useNavigate();
  const { tab = "charts" } = useSearch({ from: "/jobs/$jobId" });
  const summary = useRef<HTMLDivElement>(null);
  const width = useWidth(summary);
  // Of a downloaded run the curve is in the project alone, as is all that its machine has written.
  const isCopy = isDownloaded(job);
  const metrics = useJobMetrics(job.id, isCopy ? 0 : width);
  const distant = useElsewhereMetrics(job.id, isCopy ? chartPixels(width) : 0, null);
  const timeline = useJobTimeline(job.id);
  const actions = useJobActions(job, () => void navigate({ to: "/jobs" }));
  const own = useMemo(() => valueOr(metrics, []), [metrics]);
  const points = isCopy ? distant.points : own;

  const choose = (next: JobTab): void => {
    void navigate({
      to: "/jobs/$jobId",
      params: { jobId: job.id },
      search: next === "charts" ? {} : { tab: next },
      replace: true,
    });
  };
  // A run without prompts has no samples, unless somebody asks for them by the address.
  const hasSamples = job.hyperparameters.sample_prompts.length > 0 || tab === "samples";
  const tabs = TABS.filter(({ value }) => {
    if (isCopy) return TABS_OF_COPY.includes(value);
    return hasSamples || value !== "samples";
  });
  return (
    <Page
      title={job.name}
      state={
        <>
          <JobStateLine job={job} points={points} />
          <SyncPlace table="training_jobs" id={job.id}>
            <ShareJobField jobId={job.id} />
          </SyncPlace>
        </>
      }
      actions={<JobButtons job={job} actions={actions} />}
    >
      <div ref={summary} className={styles.summary}>
        {isActive(job) && (
          <div className={styles.progress}>
            <ProgressBar label="Progress" share={progressShare(job)} tone="running" />
          </div>
        )}
        {job.health !== null && <HealthNote health={job.health} />}
        <JobNotice job={job} />
        <JobFigures job={job} points={points} />
        <DryRunLine job={job} points={points} />
      </div>
      <TabBar label="Parts of this job" tabs={tabs} value={tab} onChange={choose}>
        <JobTabPanel tab={tab} job={job} metrics={metrics} timeline={timeline} width={width} />
      </TabBar>
    </Page>
  );
}
