import type { Gpu } from "../../shared/contract/gpus.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { isActive } from "../jobs/jobs-slice.ts";

/** The runs of LoRA Desk that hold this GPU now; other programs may use it besides. */
export function jobsOnGpu(jobs: readonly Job[], { uuid }: Gpu): readonly Job[] {
  if (uuid === null) return [];
  return jobs.filter(
    (job) => isActive(job) && job.device.kind === "cuda" && job.device.uuids.includes(uuid),
  );
}

export function jobsOnCpu(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => isActive(job) && job.device.kind === "cpu");
}
