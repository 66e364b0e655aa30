import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Field } from "../controls/field.tsx";
import { Select } from "../controls/select.tsx";
import { SwitchRow } from "../controls/switch-row.tsx";
import { TextInput } from "../controls/text-input.tsx";
import styles from "./accounting-fields.module.css";
import { NO_JOB, PRIORITY_OPTIONS, RETRY_OPTIONS, predecessorOptions } from "./accounting-words.ts";

const LONGEST_PROJECT = 100;

type AccountingFieldsProps = {
  readonly accounting: JobAccounting;
  readonly jobs: readonly Job[];
  /** Null for a job that is still to be made. */
  readonly jobId: string | null;
  readonly onChange: (change: Partial<JobAccounting>) => void;
};

/** How a job stands in the queue and in the books. */
export function AccountingFields(props: AccountingFieldsProps) {
  const { accounting, jobs, jobId, onChange } = props;
  const { priority, afterJobId, mayShareGpu, retries, project } = accounting;
  return (
    <div className={styles.fields}>
      <Field label="Priority" hint="Jobs of a higher one get their device first.">
        <Select<JobAccounting["priority"]>
          value={priority}
          options={PRIORITY_OPTIONS}
          onChange={(value) => onChange({ priority: value })}
        />
      </Field>
      <Field label="Run after" hint="Waits until that job is completed.">
        <Select
          value={afterJobId ?? NO_JOB}
          options={predecessorOptions(jobs, jobId, afterJobId)}
          onChange={(value) => onChange({ afterJobId: value === NO_JOB ? null : value })}
        />
      </Field>
      <Field label="Try again" hint="After a failure that another try can mend.">
        <Select
          value={String(retries)}
          options={RETRY_OPTIONS}
          onChange={(value) => onChange({ retries: Number(value) })}
        />
      </Field>
      <Field label="Project" hint="A label by which costs are added up.">
        <TextInput
          value={project ?? ""}
          onChange={(text) => onChange({ project: text === "" ? null : text })}
          placeholder="none"
          maxLength={LONGEST_PROJECT}
        />
      </Field>
      <div className={styles.share}>
        <SwitchRow
          label="Share the GPU"
          hint="Two runs are on one GPU at a time only where both allow it."
          isOn={mayShareGpu}
          onChange={(value) => onChange({ mayShareGpu: value })}
        />
      </div>
    </div>
  );
}
