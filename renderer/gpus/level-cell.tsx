import { LevelBar } from "../controls/level-bar.tsx";
import { spokenLevel } from "./gpu-levels.ts";
import type { Level } from "./gpu-levels.ts";
import styles from "./level-cell.module.css";

type LevelCellProps = { readonly device: string; readonly level: Level };

/** A measure: its name and figure over its bar. */
export function LevelCell({ device, level }: LevelCellProps) {
  const { name, share, value, whole, warnAbove } = level;
  return (
    <div className={styles.cell}>
      <div className={styles.name}>{name}</div>
      <div className={styles.value}>
        {value}
        {whole !== null && <span className={styles.whole}> / {whole}</span>}
      </div>
      <LevelBar
        label={`${device} ${name.toLowerCase()}`}
        share={share}
        text={spokenLevel(level)}
        {...(warnAbove === undefined ? {} : { warnAbove })}
      />
    </div>
  );
}
