import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Hammer,
  Search,
  TriangleAlert,
} from "lucide-react";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { CopyButton } from "../controls/copy-button.tsx";
import { StatusLabel } from "../controls/status-label.tsx";
import styles from "./environment-heading.module.css";

type EnvironmentHeadingProps = {
  readonly status: EnvironmentStatus;
  readonly isChecking: boolean;
};

/** The state in a word, whose environment it is, and where it lies. */
export function EnvironmentHeading({ status, isChecking }: EnvironmentHeadingProps) {
  return (
    <div className={styles.heading}>
      <output aria-label="Environment status" className={styles.state}>
        <StateLabel status={status} isChecking={isChecking} />
        <span className={styles.source}>
          {status.source === "own" ? "LoRA Desk's own environment" : "A Python chosen by you"}
        </span>
      </output>
      <div className={styles.place}>
        <code className={styles.path}>{status.path}</code>
        <CopyButton label="Copy environment path" text={status.path} />
      </div>
    </div>
  );
}

function StateLabel({ status, isChecking }: EnvironmentHeadingProps) {
  if (status.state === "building") {
    return <StatusLabel tone="running" icon={Hammer} text="Building" />;
  }
  if (isChecking || status.state === "unknown") {
    return <StatusLabel tone="running" icon={Search} text="Checking" />;
  }
  switch (status.state) {
    case "ready":
      return status.warnings.length === 0 ? (
        <StatusLabel tone="good" icon={CircleCheck} text="Ready" />
      ) : (
        <StatusLabel tone="warning" icon={TriangleAlert} text="Ready, with a warning" />
      );
    case "missing":
      return <StatusLabel tone="neutral" icon={CircleDashed} text="Not there yet" />;
    case "broken":
      return <StatusLabel tone="bad" icon={CircleAlert} text="Broken" />;
  }
}
