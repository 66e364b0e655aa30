import type { Artifact } from "../../shared/contract/job-records.ts";
import type { Job, JobOf, JobStatus } from "../../shared/contract/jobs.ts";
import type { SampleRun } from "../../shared/contract/sample-run.ts";
import { LOADING, ready, valueOr } from "../core/loadable.ts";
import type { Loadable } from "../core/loadable.ts";
import { withFreshList, withItem } from "../core/newest-wins.ts";

export type JobsSlice = {
  readonly jobs: Loadable<readonly Job[]>;
  readonly artifacts: Loadable<readonly Artifact[]>;
  readonly sampleRun: Loadable<SampleRun>;
};

export const emptyJobsSlice: JobsSlice = { jobs: LOADING, artifacts: LOADING, sampleRun: LOADING };

export function receiveJobs(slice: JobsSlice, fresh: readonly Job[]): Pick<JobsSlice, "jobs"> {
  return { jobs: ready(withFreshList(valueOr(slice.jobs, []), fresh)) };
}

export function receiveJob(slice: JobsSlice, job: Job): Pick<JobsSlice, "jobs"> {
  if (slice.jobs.state !== "ready") return { jobs: slice.jobs };
  return { jobs: ready(withItem(slice.jobs.value, job)) };
}

/** A removed job takes its adapter with it. */
export function removeJob(slice: JobsSlice, id: string): Pick<JobsSlice, "jobs" | "artifacts"> {
  const { jobs, artifacts } = slice;
  return {
    jobs: jobs.state === "ready" ? ready(jobs.value.filter((job) => job.id !== id)) : jobs,
    artifacts:
      artifacts.state === "ready"
        ? ready(artifacts.value.filter(({ jobId }) => jobId !== id))
        : artifacts,
  };
}

export function receiveArtifacts(fresh: readonly Artifact[]): Pick<JobsSlice, "artifacts"> {
  return { artifacts: ready(fresh.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))) };
}

export function receiveArtifact(
  slice: JobsSlice,
  artifact: Artifact,
): Pick<JobsSlice, "artifacts"> {
  const others = valueOr(slice.artifacts, []).filter(({ id }) => id !== artifact.id);
  return receiveArtifacts([artifact, ...others]);
}

export type ActiveJob = JobOf<"preparing" | "running" | "stopping">;
export type EndedJob = JobOf<"completed" | "stopped" | "failed" | "interrupted">;

/** On a device right now, as opposed to waiting for one. */
export function isActive(job: Job): job is ActiveJob {
  return job.status === "preparing" || job.status === "running" || job.status === "stopping";
}

export function isEnded(job: Job): job is EndedJob {
  const ended: readonly JobStatus[] = ["completed", "stopped", "failed", "interrupted"];
  return ended.includes(job.status);
}

export function canStop(job: Job): boolean {
  return job.status === "queued" || job.status === "preparing" || job.status === "running";
}

/** It ran on another machine, and here is a copy of its adapter: the base model has no folder. */
export function isDownloaded({ baseModel }: Job): boolean {
  return baseModel.path === "";
}

export function canResume(job: Job): boolean {
  if (isDownloaded(job)) return false;
  return job.status === "stopped" || job.status === "failed" || job.status === "interrupted";
}
