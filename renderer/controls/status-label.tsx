import type { LucideIcon } from "lucide-react";
import styles from "./status-label.module.css";

export type Tone = "good" | "running" | "warning" | "bad" | "neutral";

type StatusLabelProps = {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly text: string;
};

/** A state: always an icon and a word, with colour only as a third sign. */
export function StatusLabel({ tone, icon: Icon, text }: StatusLabelProps) {
  return (
    <span className={`${styles.label} ${styles[tone]}`}>
      <Icon size={13} aria-hidden className={styles.icon} />
      {text}
    </span>
  );
}
