import { Meter } from "@base-ui/react/meter";
import styles from "./level-bar.module.css";

type LevelBarProps = {
  /** The accessible name: what is measured. */
  readonly label: string;
  /** 0 to 1; null where the device does not tell. */
  readonly share: number | null;
  /** How the level is read out. */
  readonly text: string;
  readonly isThin?: boolean;
  /** The share above which the level is a worry; a busy GPU, for one, is none. */
  readonly warnAbove?: number;
};

/** A level within a known range, such as memory in use. */
export function LevelBar({ label, share, text, isThin = false, warnAbove }: LevelBarProps) {
  const percent = Math.min(1, Math.max(0, share ?? 0)) * 100;
  const isWorry = warnAbove !== undefined && percent > warnAbove * 100;
  return (
    <Meter.Root
      value={percent}
      aria-label={label}
      getAriaValueText={() => text}
      className={`${styles.root} ${isThin ? styles.thin : ""}`}
    >
      <Meter.Track className={`${styles.track} ${share === null ? styles.unknown : ""}`}>
        <Meter.Indicator className={`${styles.indicator} ${isWorry ? styles.full : ""}`} />
      </Meter.Track>
    </Meter.Root>
  );
}
