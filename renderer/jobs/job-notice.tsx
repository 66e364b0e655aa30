import { assertNever } from "../../shared/contract/assert-never.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Note } from "../controls/note.tsx";
import { earlyStopWords } from "./early-stop.ts";

type JobNoticeProps = { readonly job: Job };

/** What a person has to know of a job that does not simply run: why, and what to do. */
export function JobNotice({ job }: JobNoticeProps) {
  switch (job.status) {
    case "failed":
      return (
        <Note tone="bad" title={job.error.message}>
          {job.error.remedy === "" ? undefined : job.error.remedy}
        </Note>
      );
    case "interrupted":
      return (
        <Note tone="warning" title="The run was interrupted">
          {job.cause}
        </Note>
      );
    case "queued":
      if (job.waitingFor === null) return null;
      return (
        <Note tone="info" title={job.waitingFor}>
          It starts by itself. This window need not stay open, but LoRA Desk has to be running.
        </Note>
      );
    case "stopping":
      return (
        <Note tone="info" title="Stopping after the step under way">
          The trainer writes a checkpoint first, so that Resume can go on from here.
        </Note>
      );
    case "draft":
    case "preparing":
    case "running":
    case "stopped":
      return null;
    case "completed":
      return <EarlyStop job={job} />;
    default:
      return assertNever(job);
  }
}

function EarlyStop({ job }: JobNoticeProps) {
  const words = earlyStopWords(job);
  if (words === null) return null;
  return (
    <Note tone="info" title={words.title}>
      {words.text}
    </Note>
  );
}
