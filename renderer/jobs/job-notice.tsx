import { assertNever } from "../../shared/contract/assert-never.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { Note } from "../controls/note.tsx";
import { earlyStopWords } from "./early-stop.ts";
import { StopNote } from "./stop-note.tsx";
import { WaitingNote } from "./waiting-note.tsx";

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
      return <WaitingNote job={job} />;
    case "stopping":
      return <StopNote job={job} />;
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
