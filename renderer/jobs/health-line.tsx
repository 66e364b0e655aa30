import { TriangleAlert } from "lucide-react";
import type { JobHealth } from "../../shared/contract/job-facts.ts";
import styles from "./health-line.module.css";

type HealthLineProps = { readonly health: JobHealth | null };

/** In lists: that a run needs attention, and why. */
export function HealthLine({ health }: HealthLineProps) {
  if (health === null) return null;
  return (
    <p className={styles.line} title={`${health.message} ${health.advice}`}>
      <TriangleAlert size={12} className={styles.icon} aria-label="Needs attention" />
      <span className={styles.words}>{health.message}</span>
    </p>
  );
}
