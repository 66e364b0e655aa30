import { useState } from "react";
import type { ReactNode } from "react";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { Button } from "../controls/button.tsx";
import { ConfirmDialog } from "../controls/confirm-dialog.tsx";
import styles from "./environment-action-bar.module.css";
import { environmentSteps } from "./environment-steps.ts";
import type { EnvironmentStep } from "./environment-steps.ts";
import type { EnvironmentActions } from "./use-environment-actions.ts";

type EnvironmentActionBarProps = {
  readonly status: EnvironmentStatus;
  readonly actions: EnvironmentActions;
  readonly children: ReactNode;
};

/** Replacing an environment that works is asked about first; one that does not is no loss. */
export function EnvironmentActionBar({ status, actions, children }: EnvironmentActionBarProps) {
  const [isAsking, setIsAsking] = useState(false);
  const take = ({ kind }: EnvironmentStep): void => {
    if (kind === "check") actions.check.run();
    else if (kind === "repair" && status.state === "ready") setIsAsking(true);
    else actions.build.run(kind === "repair");
  };
  return (
    <div className={styles.bar}>
      {environmentSteps(status).map((step) => (
        <Button
          key={step.kind}
          look={step.isPrimary ? "primary" : "plain"}
          isBusy={step.kind === "check" ? actions.check.isRunning : actions.build.isRunning}
          onClick={() => take(step)}
        >
          {step.label}
        </Button>
      ))}
      {children}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title="Rebuild the Python environment?"
        confirmLabel="Remove and rebuild"
        onConfirm={() => actions.build.run(true)}
      >
        <p>
          The environment at <code>{status.path}</code> is removed and built again from the package
          index. That can download several gigabytes, and no run can start until it is done.
        </p>
      </ConfirmDialog>
    </div>
  );
}
