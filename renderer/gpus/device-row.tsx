import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import type { DevicePoint } from "./device-history.ts";
import styles from "./device-row.module.css";
import type { Level } from "./gpu-levels.ts";
import { LevelCell } from "./level-cell.tsx";

type DeviceRowProps = {
  /** Short and unique, as in "GPU 0": names the bars. */
  readonly label: string;
  readonly name: string;
  readonly detail: string;
  readonly levels: readonly Level[];
  readonly history: readonly DevicePoint[];
  readonly nowMs: number;
  readonly jobs: readonly Job[];
  /** Columns for the levels, so that rows of different devices line up. */
  readonly columns: number;
  /** More words under the detail. */
  readonly state?: ReactNode;
  /** What stands under the levels, in their columns. */
  readonly below?: ReactNode;
};

/** One device: what it is and who uses it at the left, its measures at the right. */
export function DeviceRow(props: DeviceRowProps) {
  const { label, name, detail, levels, history, nowMs, jobs, columns, state, below } = props;
  return (
    <li className={styles.row} aria-label={label}>
      <div className={styles.words}>
        <div className={styles.name}>
          <span className={styles.label}>{label}</span>
          <h3 className={styles.model}>{name}</h3>
        </div>
        <div className={styles.detail} title={detail}>
          {detail}
        </div>
        {state}
        {jobs.length > 0 && (
          <div className={styles.jobs}>
            <span className={styles.dot} aria-hidden />
            {jobs.map((job) => (
              <Link key={job.id} to="/jobs/$jobId" params={{ jobId: job.id }}>
                {job.name}
              </Link>
            ))}
          </div>
        )}
      </div>
      <div className={styles.measures}>
        <div
          className={styles.levels}
          style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
        >
          {levels.map((level) => (
            <LevelCell
              key={level.name}
              device={label}
              level={level}
              history={history}
              nowMs={nowMs}
            />
          ))}
        </div>
        {below}
      </div>
    </li>
  );
}
