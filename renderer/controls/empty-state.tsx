import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./empty-state.module.css";

type EmptyStateProps = {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What this is for and the next step. */
  readonly children: ReactNode;
  readonly action?: ReactNode;
};

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <Icon size={22} strokeWidth={1.5} className={styles.icon} aria-hidden />
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.text}>{children}</div>
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
