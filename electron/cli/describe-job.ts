import type { Job } from "../../shared/contract/jobs.ts";

/** Where a job stands, in one line. */
export function describeJob(job: Job): string {
  switch (job.status) {
    case "failed":
      return `failed. ${job.error.message} ${job.error.remedy}`.trimEnd();
    case "interrupted":
      return `interrupted (${job.cause})`;
    case "queued":
      return job.waitingFor === null ? "queued" : `queued (${job.waitingFor})`;
    default:
      return job.status;
  }
}
