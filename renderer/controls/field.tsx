import { Field as Base } from "@base-ui/react/field";
import type { ReactNode } from "react";
import styles from "./field.module.css";

type FieldProps = {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with the value; shown instead of the hint. */
  readonly problem?: string | undefined;
  readonly children: ReactNode;
};

/** Ties a label, a control, and a hint or a problem together. */
export function Field({ label, hint, problem, children }: FieldProps) {
  return (
    <Base.Root className={styles.field} invalid={problem !== undefined}>
      <Base.Label className={styles.label}>{label}</Base.Label>
      {children}
      {problem === undefined && hint !== undefined && (
        <Base.Description className={styles.hint}>{hint}</Base.Description>
      )}
      {problem !== undefined && (
        <Base.Error className={styles.problem} match>
          {problem}
        </Base.Error>
      )}
    </Base.Root>
  );
}
