import { Check, Circle, CircleDot } from "lucide-react";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { Button } from "../controls/button.tsx";
import { ProgressBar } from "../controls/progress-bar.tsx";
import type { Action } from "../core/use-action.ts";
import { useNow } from "../core/use-now.ts";
import { formatShare } from "../format/numbers.ts";
import { formatDuration } from "../format/time.ts";
import styles from "./build-progress.module.css";
import { buildSteps } from "./environment-steps.ts";

const ICONS = { done: Check, current: CircleDot, ahead: Circle } as const;

type BuildProgressProps = {
  readonly status: Extract<EnvironmentStatus, { state: "building" }>;
  readonly cancel: Action<[]>;
};

export function BuildProgress({ status, cancel }: BuildProgressProps) {
  const now = useNow(1000);
  const seconds = (now - Date.parse(status.startedAt)) / 1000;
  return (
    <div className={styles.progress}>
      <ol className={styles.steps} aria-label="Steps of the build">
        {buildSteps(status.step).map(({ name, state }) => {
          const Icon = ICONS[state];
          return (
            <li
              key={name}
              className={`${styles.step} ${styles[state]}`}
              aria-current={state === "current" ? "step" : undefined}
            >
              <Icon size={13} aria-label={state === "done" ? "Done:" : undefined} />
              {name}
            </li>
          );
        })}
      </ol>
      <div className={styles.line}>
        <ProgressBar label="Building the environment" share={status.share} tone="running" />
        <span className={styles.share}>{formatShare(status.share)}</span>
        <Button size="small" isBusy={cancel.isRunning} onClick={cancel.run}>
          Cancel build
        </Button>
      </div>
      <div className={styles.message}>
        <span>{status.message}</span>
        <span className={styles.time}>{formatDuration(seconds)} so far</span>
      </div>
    </div>
  );
}
