import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { LevelBar } from "../controls/level-bar.tsx";
import { formatStepTime, formatTimeLeft } from "../format/time.ts";
import styles from "./dry-run-line.module.css";
import { batchWords, memoryWords } from "./dry-run-words.ts";
import { isActive } from "./jobs-slice.ts";
import { secondsLeft } from "./time-left.ts";

/** Above this, one longer batch or another program on the device is too much. */
const TIGHT = 0.92;

type DryRunLineProps = { readonly job: Job; readonly points: readonly MetricsPoint[] };

/** While a run goes on: what its longest batch needs, measured before the first step. */
export function DryRunLine({ job, points }: DryRunLineProps) {
  const { dryRun } = job;
  if (dryRun === null || !isActive(job)) return null;
  const { stepMs, memoryMb, memoryLimitMb } = dryRun;
  const isMeasured = secondsLeft(job.progress, points) !== null;
  return (
    <div className={styles.line}>
      <span>
        <span className={styles.name}>Longest batch</span> {batchWords(dryRun)}
      </span>
      <span>
        <span className={styles.name}>at most</span> {formatStepTime(stepMs)} a step
      </span>
      <span className={styles.memory}>
        {memoryLimitMb !== null && (
          <span className={styles.bar}>
            <LevelBar
              label="Memory of the longest batch"
              share={memoryMb / memoryLimitMb}
              text={memoryWords(dryRun)}
              warnAbove={TIGHT}
              isThin
            />
          </span>
        )}
        {memoryWords(dryRun)}
      </span>
      {!isMeasured && <span>at most {formatTimeLeft(dryRun.secondsLeft)}</span>}
    </div>
  );
}
