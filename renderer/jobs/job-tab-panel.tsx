import { assertNever } from "../../shared/contract/assert-never.ts";
import type { MetricsPoint, TimelineEntry } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { Loadable } from "../core/loadable.ts";
import { JobCost } from "../costs/job-cost.tsx";
import { ElsewhereCharts } from "../elsewhere/elsewhere-charts.tsx";
import { JobCharts } from "./job-charts.tsx";
import { JobConfiguration } from "./job-configuration.tsx";
import { JobHistory } from "./job-history.tsx";
import { JobLog } from "./job-log.tsx";
import { JobResult } from "./job-result.tsx";
import { JobSamples } from "./job-samples.tsx";
import { JobTimeline } from "./job-timeline.tsx";
import { isDownloaded } from "./jobs-slice.ts";
import { TabBody } from "./tab-body.tsx";

export type JobTab =
  | "charts"
  | "samples"
  | "log"
  | "timeline"
  | "history"
  | "cost"
  | "configuration"
  | "result";

type JobTabPanelProps = {
  readonly tab: JobTab;
  readonly job: Job;
  readonly metrics: Loadable<readonly MetricsPoint[]>;
  readonly timeline: Loadable<readonly TimelineEntry[]>;
  /** What the charts have, in CSS pixels. */
  readonly width: number;
};

export function JobTabPanel({ tab, job, metrics, timeline, width }: JobTabPanelProps) {
  switch (tab) {
    case "charts":
      if (isDownloaded(job)) {
        return (
          <TabBody>
            <ElsewhereCharts job={job} width={width} />
          </TabBody>
        );
      }
      return <JobCharts job={job} metrics={metrics} timeline={timeline} width={width} />;
    case "samples":
      return <JobSamples job={job} />;
    case "log":
      return <JobLog job={job} />;
    case "timeline":
      return <JobTimeline timeline={timeline} />;
    case "history":
      return <JobHistory job={job} />;
    case "cost":
      return <JobCost job={job} />;
    case "configuration":
      return <JobConfiguration job={job} />;
    case "result":
      return <JobResult job={job} />;
    default:
      return assertNever(tab);
  }
}
