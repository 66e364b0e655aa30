import { ChevronDown, ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { AccountingFields } from "../jobs/accounting-fields.tsx";
import styles from "./accounting-section.module.css";

type AccountingSectionProps = {
  readonly accounting: JobAccounting;
  readonly jobs: readonly Job[];
  readonly onChange: (change: Partial<JobAccounting>) => void;
};

/** Folded: most jobs do with what is set. */
export function AccountingSection({ accounting, jobs, onChange }: AccountingSectionProps) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  return (
    <section>
      <Button
        look="quiet"
        size="small"
        icon={isOpen ? ChevronDown : ChevronRight}
        className={styles.toggle ?? ""}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        Queue and accounting
      </Button>
      <div id={id} hidden={!isOpen} className={styles.fields}>
        {isOpen && (
          <AccountingFields accounting={accounting} jobs={jobs} jobId={null} onChange={onChange} />
        )}
      </div>
    </section>
  );
}
