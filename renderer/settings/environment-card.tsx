import { useState } from "react";
import type { EnvironmentStatus } from "../../shared/contract/environment.ts";
import { Button } from "../controls/button.tsx";
import { CodeBlock } from "../controls/code-block.tsx";
import { Note } from "../controls/note.tsx";
import { lastLinesOf } from "../format/last-lines.ts";
import { BuildLog } from "./build-log.tsx";
import { BuildProgress } from "./build-progress.tsx";
import { EnvironmentActionBar } from "./environment-action-bar.tsx";
import styles from "./environment-card.module.css";
import { EnvironmentHeading } from "./environment-heading.tsx";
import { EnvironmentReportFacts } from "./environment-report-facts.tsx";
import { useEnvironmentActions } from "./use-environment-actions.ts";

type EnvironmentCardProps = { readonly status: EnvironmentStatus };

/** The Python that trains: how it is, what to do about it, and what its build prints. */
export function EnvironmentCard({ status }: EnvironmentCardProps) {
  const actions = useEnvironmentActions();
  const [isLogOpen, setIsLogOpen] = useState(false);
  const isBuilding = status.state === "building";
  return (
    <div className={styles.card}>
      <EnvironmentHeading status={status} isChecking={actions.check.isRunning} />
      <StatusBody status={status} />
      {isBuilding && <BuildProgress status={status} cancel={actions.cancel} />}
      {!isBuilding && (
        <EnvironmentActionBar status={status} actions={actions}>
          <Button look="quiet" aria-expanded={isLogOpen} onClick={() => setIsLogOpen(!isLogOpen)}>
            {isLogOpen ? "Hide build log" : "Show build log"}
          </Button>
        </EnvironmentActionBar>
      )}
      {(isBuilding || isLogOpen) && <BuildLog build={isBuilding ? status.startedAt : "last"} />}
    </div>
  );
}

function StatusBody({ status }: EnvironmentCardProps) {
  switch (status.state) {
    case "unknown":
    case "building":
      return null;
    case "missing":
      return <p className={styles.words}>{status.message}</p>;
    case "broken": {
      const lines = lastLinesOf(status.failure.details);
      return (
        <>
          <Note tone="bad">{status.failure.message}</Note>
          {lines !== null && <CodeBlock label="Last lines printed" text={lines} isWrapped />}
        </>
      );
    }
    case "ready":
      return (
        <>
          {status.warnings.map(({ message, remedy }) => (
            <Note key={message} tone="warning" title={message}>
              {remedy}
            </Note>
          ))}
          <EnvironmentReportFacts report={status.report} path={status.path} />
        </>
      );
  }
}
