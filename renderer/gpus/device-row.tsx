import { Link } from "@tanstack/react-router";
import type { Job } from "../../shared/contract/jobs.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import styles from "./device-row.module.css";
import type { Level } from "./gpu-levels.ts";
import { LevelCell } from "./level-cell.tsx";

type DeviceRowProps = {
  /** Short and unique, as in "GPU 0": names the bars. */
  readonly label: string;
  readonly name: string;
  readonly detail: string;
  readonly levels: readonly Level[];
  /** The latest utilisation in percent, oldest first. */
  readonly loads: readonly number[];
  readonly jobs: readonly Job[];
  /** Columns for the levels, so that rows of different devices line up. */
  readonly columns: number;
};

/** One device: what it is and who uses it at the left, its measures at the right. */
export function DeviceRow(props: DeviceRowProps) {
  const { label, name, detail, levels, loads, jobs, columns } = props;
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
      <Sparkline
        label={`${label} utilisation of the last minutes`}
        values={loads}
        width={120}
        height={36}
        range={[0, 100]}
      />
      <div
        className={styles.levels}
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {levels.map((level) => (
          <LevelCell key={level.name} device={label} level={level} />
        ))}
      </div>
    </li>
  );
}
