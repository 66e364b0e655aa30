import { useState } from "react";
import { type JobAccounting, jobAccountingSchema } from "../../shared/contract/job-facts.ts";
import { type Job } from "../../shared/contract/jobs.ts";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { useDesk } from "../core/desk.tsx";
import { valueOr } from "../core/loadable.ts";
import { AccountingFields } from "./accounting-fields.tsx";

type AccountingDialogProps = {
  readonly job: Job;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onSave: (accounting: JobAccounting) => void;
};

export function AccountingDialog({ isOpen, ...rest }: AccountingDialogProps) {
  // Begins anew each time with what the job has then.
  return isOpen ? <OpenDialog {...rest} /> : null;
}

const NO_JOBS: readonly Job[] = [];

function OpenDialog({ job, onClose, onSave }: Omit<AccountingDialogProps, "isOpen">) {
  const jobs = useDesk((state) => valueOr(state.jobs, NO_JOBS));
  const [accounting, setAccounting] = useState(job.accounting);
  const save = (): void => {
    onSave(jobAccountingSchema.parse(withoutBlankProject(accounting)));
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Queue and accounting"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <AccountingFields
        accounting={accounting}
        jobs={jobs}
        jobId={job.id}
        onChange={(change) => setAccounting((before) => ({ ...before, ...change }))}
      />
    </Dialog>
  );
}

function withoutBlankProject(accounting: JobAccounting): JobAccounting {
  const project = accounting.project?.trim() ?? "";
  return { ...accounting, project: project === "" ? null : project };
}
