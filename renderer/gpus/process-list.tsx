import { Link } from "@tanstack/react-router";
import type { GpuProcess } from "../../shared/contract/gpus.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { formatMemory } from "../format/bytes.ts";
import styles from "./process-list.module.css";
import { programName } from "./program-name.ts";

type ProcessListProps = {
  readonly label: string;
  readonly processes: readonly GpuProcess[];
  readonly jobs: readonly Job[];
};

/** Who computes on a GPU: under the measures, so that memory stands under memory. */
export function ProcessList({ label, processes, jobs }: ProcessListProps) {
  if (processes.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={`Programs on ${label}`}>
      {processes.map(({ pid, name, memoryMb, jobId }) => (
        <li key={pid} className={styles.process}>
          <span className={styles.name} title={name}>
            {programName(name)}
          </span>
          <span>{formatMemory(memoryMb)}</span>
          <span className={styles.pid}>PID {pid}</span>
          {jobId === null ? (
            <span className={styles.foreign}>Other program</span>
          ) : (
            <Link to="/jobs/$jobId" params={{ jobId }} className={styles.name}>
              {jobs.find(({ id }) => id === jobId)?.name ?? "A run of LoRA Desk"}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
