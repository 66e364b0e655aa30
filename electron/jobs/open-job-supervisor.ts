import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { Store } from "../store/open-store.ts";
import { ArtifactStore } from "./artifact-store.ts";
import type { CreateJobOptions } from "./create-job.ts";
import { JobLedger } from "./job-ledger.ts";
import { createJobRequests, type JobMethod } from "./job-requests.ts";
import { hasEnded } from "./job-state.ts";
import { JobStore } from "./job-store.ts";
import { JobSupervisor } from "./job-supervisor.ts";
import { JOB_TIMINGS, type JobTimings } from "./job-timings.ts";
import { MetricsStore } from "./metrics-store.ts";
import { SampleStore } from "./sample-store.ts";
import { TimelineStore } from "./timeline-store.ts";

/** Room for two checkpoints and the adapter of a middling run. */
const MINIMUM_FREE_BYTES = 1_000_000_000;

export interface OpenJobSupervisorOptions extends Pick<
  CreateJobOptions,
  "hostName" | "createId" | "now" | "findDataset" | "findModel" | "gpus"
> {
  store: Store;
  /** Runs are kept in `<homePath>/runs/<job id>`. */
  homePath: string;
  publish: Publish;
  appVersion: string;
  /** The folder of `runner.py`. */
  trainerPath: string;
  /** A Python with the trainer's packages; throws AppError `environment` when there is none. */
  pythonFor: () => Promise<{ pythonPath: string }>;
  log: (message: string, details?: Record<string, unknown>) => void;
  timings?: Partial<JobTimings>;
  minimumFreeBytes?: number;
}

export interface Jobs {
  requests: Handlers<JobMethod>;
  /** Resolves when what the runs did while no app was there is in the store. */
  caughtUp(): Promise<void>;
  /** The job once it is completed, stopped or failed. An interrupted one goes on by itself. */
  waitForEnd(id: string, signal?: AbortSignal): Promise<Job>;
  /** Stops following; the runs go on. Call it before the store is closed. */
  close(): Promise<void>;
}

export function openJobSupervisor(options: OpenJobSupervisorOptions): Jobs {
  const { store, publish, now, createId } = options;
  const runsPath = join(options.homePath, "runs");
  mkdirSync(runsPath, { recursive: true });
  const stores = {
    store,
    jobs: new JobStore(store),
    metrics: new MetricsStore(store, createId),
    timeline: new TimelineStore(store),
    samples: new SampleStore(store),
    artifacts: new ArtifactStore(store),
  };
  const timings = { ...JOB_TIMINGS, ...options.timings };
  const ledger = new JobLedger({ ...stores, publish, now });
  const supervisor = new JobSupervisor({
    ...options,
    ledger,
    metrics: stores.metrics,
    minimumFreeBytes: options.minimumFreeBytes ?? MINIMUM_FREE_BYTES,
    timings,
  });
  const closing = new AbortController();
  return {
    requests: createJobRequests({ ...options, ...stores, ledger, supervisor, runsPath, timings }),
    caughtUp: () => supervisor.caughtUp(),
    waitForEnd: (id, signal) => waitForEnd(ledger, id, closing.signal, signal),
    close: async () => {
      closing.abort();
      await supervisor.close();
    },
  };
}

function waitForEnd(
  ledger: JobLedger,
  id: string,
  closing: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<Job> {
  return new Promise((resolve, reject) => {
    const end = () => {
      unlisten();
      closing.removeEventListener("abort", onClose);
      signal?.removeEventListener("abort", onAbort);
    };
    const check = () => {
      const record = ledger.get(id);
      if (!hasEnded(record.state)) return;
      end();
      resolve(ledger.toJob(record));
    };
    const onAbort = () => {
      end();
      reject(new AppError("cancelled", "Waiting for the job was cancelled. The run goes on."));
    };
    const onClose = () => {
      end();
      reject(new AppError("unavailable", "LoRA Desk is closing. The run goes on without it."));
    };
    const unlisten = ledger.onChange((record) => {
      if (record.id === id) check();
    });
    closing.addEventListener("abort", onClose);
    signal?.addEventListener("abort", onAbort);
    if (closing.aborted) onClose();
    else if (signal?.aborted === true) onAbort();
    else {
      try {
        check();
      } catch (error) {
        end();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  });
}
