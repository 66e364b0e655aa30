import type { Handlers } from "../../shared/contract/contract.ts";
import type { GpuReport } from "../../shared/contract/gpus.ts";
import type { Job, JobTransition } from "../../shared/contract/jobs.ts";
import { AppError } from "../../shared/app-error.ts";

/** What the ledger and the preflight know of runs, as any client would ask for it. */
export interface RunSources {
  listJobs: () => Promise<Job[]>;
  /** Null when it has been deleted. */
  findJob: (id: string) => Promise<Job | null>;
  historyOf: (id: string) => Promise<JobTransition[]>;
  /** Of each; "" where it is not known. */
  gpuNames: (uuids: readonly string[]) => Promise<string[]>;
  /** Tokens per second of some of a job's steps, and how many steps it has. */
  paceOf: (jobId: string) => Promise<{ steps: number; tokensPerSecond: number[] }>;
}

/** The first steps load kernels and fill caches. */
const WARM_UP_STEPS = 2;
const SAMPLED_PIXELS = 200;

export function runSources(
  requests: Pick<Handlers, "jobs.list" | "jobs.get" | "jobs.history" | "jobs.metrics">,
  report: () => Promise<GpuReport>,
): RunSources {
  return {
    listJobs: async () => requests["jobs.list"]({}, "local"),
    historyOf: async (id) => requests["jobs.history"]({ id }, "local"),
    async findJob(id) {
      try {
        return await requests["jobs.get"]({ id }, "local");
      } catch (error) {
        if (error instanceof AppError && error.kind === "not_found") return null;
        throw error;
      }
    },
    async paceOf(id) {
      const metrics = await requests["jobs.metrics"]({ id, pixels: SAMPLED_PIXELS }, "local");
      const tokensPerSecond = metrics.points
        .filter(({ step }) => step > WARM_UP_STEPS)
        .map((point) => point.tokensPerSecond)
        .filter((pace) => pace !== null);
      return { steps: metrics.totalPoints, tokensPerSecond };
    },
    async gpuNames(uuids) {
      const { gpus } = await report();
      return uuids.map((uuid) => gpus.find((gpu) => gpu.uuid === uuid)?.name ?? "");
    },
  };
}
