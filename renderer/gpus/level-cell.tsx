import { LevelBar } from "../controls/level-bar.tsx";
import type { DevicePoint } from "./device-history.ts";
import { spokenLevel } from "./gpu-levels.ts";
import type { Level } from "./gpu-levels.ts";
import { HistoryLine } from "./history-line.tsx";
import styles from "./level-cell.module.css";

type LevelCellProps = {
  readonly device: string;
  readonly level: Level;
  readonly history: readonly DevicePoint[];
  readonly nowMs: number;
};

/** A measure: its name and figure over its bar, and its last minutes under it. */
export function LevelCell({ device, level, history, nowMs }: LevelCellProps) {
  const { name, share, value, whole, warnAbove, measure, most } = level;
  const values = history.map((point) => ({ atMs: point.atMs, value: point[measure] }));
  const top = most ?? Math.max(1, ...values.map((one) => one.value ?? 0));
  const label = `${device} ${name.toLowerCase()}`;
  return (
    <div className={styles.cell}>
      <div className={styles.name}>{name}</div>
      <div className={styles.value}>
        {value}
        {whole !== null && <span className={styles.whole}> / {whole}</span>}
      </div>
      <LevelBar
        label={label}
        share={share}
        text={spokenLevel(level)}
        {...(warnAbove === undefined ? {} : { warnAbove })}
      />
      <HistoryLine label={label} values={values} range={[0, top]} nowMs={nowMs} />
    </div>
  );
}
