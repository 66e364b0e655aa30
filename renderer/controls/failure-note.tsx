import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Failure } from "../../shared/contract/errors.ts";
import { lastLinesOf } from "../format/last-lines.ts";
import { CodeBlock } from "./code-block.tsx";
import styles from "./failure-note.module.css";
import { Note } from "./note.tsx";

type FailureNoteProps = {
  readonly title: string;
  readonly failure: Pick<Failure, "kind" | "message"> & {
    readonly details?: Failure["details"] | undefined;
  };
  readonly action?: ReactNode;
};

/** What went wrong in a program of the training environment, with its last words. */
export function FailureNote({ title, failure, action }: FailureNoteProps) {
  const lines = lastLinesOf(failure.details);
  return (
    <div className={styles.failure}>
      <Note tone="bad" title={title} action={action}>
        {failure.message}
        {failure.kind === "environment" && (
          <>
            {" "}
            <Link to="/settings">Open Settings</Link>
          </>
        )}
      </Note>
      {lines !== null && <CodeBlock label="Last lines printed" text={lines} isWrapped />}
    </div>
  );
}
