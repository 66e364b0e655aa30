import { Progress } from "@base-ui/react/progress";
import styles from "./progress-bar.module.css";

type ProgressBarProps = {
  /** The accessible name: what is progressing. */
  readonly label: string;
  /** 0 to 1, or null when it is under way but nobody can tell how far. */
  readonly share: number | null;
  readonly tone?: "accent" | "running" | "good" | "quiet";
};

export function ProgressBar({ label, share, tone = "accent" }: ProgressBarProps) {
  return (
    <Progress.Root
      value={share === null ? null : Math.min(1, Math.max(0, share)) * 100}
      aria-label={label}
      className={styles.root}
    >
      <Progress.Track className={styles.track}>
        <Progress.Indicator className={`${styles.indicator} ${styles[tone]}`} />
      </Progress.Track>
    </Progress.Root>
  );
}
