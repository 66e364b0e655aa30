import { Link } from "@tanstack/react-router";
import type { Gpu } from "../../shared/contract/gpus.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { formatLoss, formatTokensPerSecond } from "../format/numbers.ts";
import { formatTimeLeft } from "../format/time.ts";
import { progressShare } from "../jobs/job-facts.ts";
import { HealthLine } from "../jobs/health-line.tsx";
import { JobStatusLabel } from "../jobs/job-status-label.tsx";
import { activityWords, deviceWords, shortModelName, stepWords } from "../jobs/job-words.ts";
import type { ActiveJob } from "../jobs/jobs-slice.ts";
import { latestStep } from "../jobs/metrics-points.ts";
import { secondsLeft } from "../jobs/time-left.ts";
import { useJobMetrics } from "../jobs/use-job-metrics.ts";
import styles from "./running-jobs.module.css";

const CURVE_WIDTH = 128;
const NO_GPUS: readonly Gpu[] = [];

type ActiveJobRowProps = { readonly job: ActiveJob };

export function ActiveJobRow({ job }: ActiveJobRowProps) {
  const gpus = useDesk(({ gpuReport }) => valueOr(gpuReport, null)?.gpus ?? NO_GPUS);
  const points = valueOr(useJobMetrics(job.id, CURVE_WIDTH), []);
  const losses = points.flatMap(({ trainingLoss }) => (trainingLoss === null ? [] : trainingLoss));
  const latest = latestStep(points);
  const left = job.status === "stopping" ? null : secondsLeft(job.progress, points);
  const words = [
    shortModelName(job.baseModel.name),
    job.dataset.name,
    deviceWords(job.device, gpus),
  ];
  return (
    <li className={styles.active}>
      <div className={styles.words}>
        <div className={styles.heading}>
          <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={styles.name}>
            {job.name}
          </Link>
          <JobStatusLabel status={job.status} />
        </div>
        <p className={styles.detail}>{words.join(" · ")}</p>
        <HealthLine health={job.health} />
      </div>
      <div className={styles.curve}>
        {losses.length > 1 && (
          <Sparkline
            label={`Training loss of ${job.name}`}
            values={losses}
            width={CURVE_WIDTH}
            height={36}
          />
        )}
      </div>
      <dl className={styles.figures}>
        <div>
          <dt>Loss</dt>
          <dd>{formatLoss(latest?.trainingLoss)}</dd>
        </div>
        <div>
          <dt>Speed</dt>
          <dd>{formatTokensPerSecond(latest?.tokensPerSecond)}</dd>
        </div>
      </dl>
      <div className={styles.progress}>
        <ProgressBar label={`Progress of ${job.name}`} share={progressShare(job)} tone="running" />
        <p className={styles.place}>
          <span>{stepWords(job.progress) ?? activityWords(job)}</span>
          {left !== null && <span>{formatTimeLeft(left)}</span>}
        </p>
      </div>
    </li>
  );
}
