import type { JobAccounting } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { Fact } from "../controls/facts.tsx";
import type { SelectOption } from "../controls/select.tsx";
import { isEnded } from "./jobs-slice.ts";

export const PRIORITY_OPTIONS: readonly SelectOption<JobAccounting["priority"]>[] = [
  { value: "high", label: "High" },
  { value: "normal", label: "Normal" },
  { value: "low", label: "Low" },
];

const MOST_RETRIES = 10;

export const RETRY_OPTIONS: readonly SelectOption<string>[] = Array.from(
  { length: MOST_RETRIES + 1 },
  (_, retries) => ({ value: String(retries), label: retryWords(retries) }),
);

export const NO_JOB = "none";

/** What a job may wait for: others that have still to end, and what it waits for already. */
export function predecessorOptions(
  jobs: readonly Job[],
  ownId: string | null,
  present: string | null,
): readonly SelectOption<string>[] {
  const possible = jobs.filter((job) => job.id !== ownId && (job.id === present || !isEnded(job)));
  return [
    { value: NO_JOB, label: "No other job" },
    ...possible.map(({ id, name }) => ({ value: id, label: name })),
  ];
}

export function accountingFacts(accounting: JobAccounting, jobs: readonly Job[]): readonly Fact[] {
  const { priority, afterJobId, mayShareGpu, retries, project } = accounting;
  const after = jobs.find(({ id }) => id === afterJobId);
  return [
    { name: "Priority", value: priority },
    {
      name: "Runs after",
      value: afterJobId === null ? "no other job" : (after?.name ?? "a job that is gone"),
    },
    { name: "Shares its GPU", value: mayShareGpu ? "with jobs that allow it too" : "no" },
    { name: "Tried again", value: retryWords(retries) },
    { name: "Project", value: project ?? "none" },
  ];
}

function retryWords(retries: number): string {
  if (retries === 0) return "never";
  return retries === 1 ? "once" : `up to ${retries} times`;
}
