import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import type { ProjectCheck, ProjectFinding } from "../../shared/contract/supabase.ts";
import { CodeBlock } from "../controls/code-block.tsx";
import { Note } from "../controls/note.tsx";
import { StatusLabel } from "../controls/status-label.tsx";
import { formatCountOf } from "../format/numbers.ts";
import styles from "./project-findings.module.css";

type ProjectFindingsProps = { readonly check: ProjectCheck };

/** What is wrong first, each with the SQL that mends it; what is right as a list of names. */
export function ProjectFindings({ check }: ProjectFindingsProps) {
  const faults = check.findings.filter(({ state }) => state === "missing" || state === "wrong");
  const optional = check.findings.filter(({ state }) => state === "optional");
  const right = check.findings.filter(({ state }) => state === "ok");
  return (
    <div className={styles.findings}>
      {check.isReady ? (
        <Note tone="good" title="Everything that can be seen without a secret key is there">
          {check.url}. Rights and row-level security are checked by{" "}
          <code>node scripts/verify-lora-foundation.js</code>.
        </Note>
      ) : (
        <Note tone="warning" title={`${formatCountOf(faults.length, "thing")} to mend`}>
          {check.url}
        </Note>
      )}
      {faults.map((finding) => (
        <Finding key={finding.subject} finding={finding} />
      ))}
      {optional.map((finding) => (
        <Finding key={finding.subject} finding={finding} />
      ))}
      {right.length > 0 && (
        <p className={styles.right}>
          <StatusLabel tone="good" icon={CircleCheck} text="As it should be:" />{" "}
          {right.map(({ subject }) => subject).join(", ")}
        </p>
      )}
    </div>
  );
}

const LABELS = {
  ok: <StatusLabel tone="good" icon={CircleCheck} text="There" />,
  optional: <StatusLabel tone="neutral" icon={CircleDashed} text="Optional" />,
  missing: <StatusLabel tone="warning" icon={CircleDashed} text="Missing" />,
  wrong: <StatusLabel tone="bad" icon={CircleAlert} text="Wrong" />,
};

type FindingProps = { readonly finding: ProjectFinding };

function Finding({ finding: { subject, state, message, sql } }: FindingProps) {
  return (
    <div className={styles.fault}>
      <div className={styles.heading}>
        {LABELS[state]}
        <code>{subject}</code>
      </div>
      <p className={styles.message}>{message}</p>
      {sql !== null && (
        <div className={styles.sql}>
          <CodeBlock label={`SQL for ${subject}`} text={sql} />
        </div>
      )}
    </div>
  );
}
