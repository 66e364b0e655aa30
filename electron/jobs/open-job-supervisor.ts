import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { GpuFault, GpuProcess } from "../../shared/contract/gpus.ts";
import type { JobHealth } from "../../shared/contract/job-facts.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import type { Store } from "../store/open-store.ts";
import { ArtifactStore } from "./artifact-store.ts";
import type { CreateJobOptions } from "./create-job.ts";
import { GpuNames } from "./gpu-names.ts";
import { JobLedger } from "./job-ledger.ts";
import type { JobListener } from "./job-news.ts";
import { createJobRequests, type JobMethod } from "./job-requests.ts";
import { hasEnded } from "./job-state.ts";
import { JobStore } from "./job-store.ts";
import { JobSupervisor } from "./job-supervisor.ts";
import { JOB_TIMINGS, type JobTimings } from "./job-timings.ts";
import { defaultLeasesPath } from "./lease-note.ts";
import { MetricsStore } from "./metrics-store.ts";
import { currentBootId } from "./process-identity.ts";
import type { Kill } from "./process-signal.ts";
import { createQueueRequests, type QueueMethod } from "./queue-requests.ts";
import { QueueStore } from "./queue-store.ts";
import type { RunOfOthers } from "./remove-run-folder.ts";
import { SampleStore } from "./sample-store.ts";
import { TimelineStore } from "./timeline-store.ts";
import { type OnTransitions, TransitionStore } from "./transition-store.ts";

/** Room for two checkpoints and the adapter of a middling run. */
const MINIMUM_FREE_BYTES = 1_000_000_000;
const DEFAULT_STOP_GRACE_SECONDS = 180;

export interface OpenJobSupervisorOptions extends Pick<
  CreateJobOptions,
  "workstation" | "createId" | "now" | "findDataset" | "findModel" | "gpus"
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
  /** Hears of the changes of a job's status in the transaction that writes them. */
  onTransitions?: OnTransitions;
  minimumFreeBytes?: number;
  /** Who computes on a GPU right now; without it no foreign program is noticed. */
  processesOn?: (uuid: string) => Promise<readonly GpuProcess[] | null>;
  /** Driver errors of this boot. */
  gpuFaults?: () => readonly GpuFault[];
  /** How long a run may take for its checkpoint where the wish to stop does not say. */
  stopGraceSeconds?: () => number;
  /** Why a queued job is not to be started yet, in words; see `replan`. */
  reasonToWait?: (jobId: string) => string | null;
  /** The folder of the GPUs' lock files: one for the whole machine. */
  leasesPath?: string;
  /** What other accounts of this machine, with files of their own, name in a run's folder. */
  runOfOthers?: (jobId: string) => RunOfOthers;
  /** In place of the system's, to play a restart of the machine. */
  bootId?: string;
  /** In place of `process.kill`, to play a process that cannot be ended. */
  kill?: Kill;
}

export interface Jobs {
  requests: Handlers<JobMethod | QueueMethod>;
  /** Hears of every job that changed, after the commit. Returns how to stop hearing. */
  onChange(listener: JobListener): () => void;
  /** What a person should know of a running job, or null. */
  setHealth(id: string, health: JobHealth | null): void;
  /** The queue looks again, where a reason to wait has gone. */
  replan(): void;
  /** The run of this core that a process belongs to. */
  jobOfPid(pid: number): string | null;
  /** Resolves when what the runs did while no app was there is in the store. */
  caughtUp(): Promise<void>;
  /** The job once it is completed, stopped or failed. An interrupted one goes on by itself. */
  waitForEnd(id: string, signal?: AbortSignal): Promise<Job>;
  /** Stops following; the runs go on. Call it before the store is closed. */
  close(): Promise<void>;
}

export function openJobSupervisor(options: OpenJobSupervisorOptions): Jobs {
  const { store, publish, now } = options;
  const runsPath = join(options.homePath, "runs");
  mkdirSync(runsPath, { recursive: true });
  const stores = {
    store,
    jobs: new JobStore(store),
    metrics: new MetricsStore(store),
    timeline: new TimelineStore(store),
    samples: new SampleStore(store),
    artifacts: new ArtifactStore(store),
    transitions: new TransitionStore(store, options.onTransitions),
  };
  const timings = { ...JOB_TIMINGS, ...options.timings };
  const ledger = new JobLedger({ ...stores, publish, now });
  const { bootId: playedBootId = null, leasesPath = defaultLeasesPath(process.env) } = options;
  const gpuNames = new GpuNames({
    report: options.gpus,
    onLearnt: () => void supervisor.replan(),
    log: options.log,
  });
  const shared = {
    ...options,
    ledger,
    runsPath,
    timings,
    leasesPath,
    playedBootId,
    bootId: playedBootId === null ? currentBootId : () => Promise.resolve(playedBootId),
    stopGraceSeconds: options.stopGraceSeconds ?? (() => DEFAULT_STOP_GRACE_SECONDS),
    kill: options.kill ?? ((pid, signal) => process.kill(pid, signal)),
    minimumFreeBytes: options.minimumFreeBytes ?? MINIMUM_FREE_BYTES,
    processesOn: options.processesOn ?? (() => Promise.resolve(null)),
    gpuFaults: options.gpuFaults ?? (() => []),
    runOfOthers: options.runOfOthers ?? (() => ({ isWhole: false, adapterPaths: [] })),
    gpuNames,
  };
  const queue = new QueueStore(store);
  const supervisor: JobSupervisor = new JobSupervisor({
    ...shared,
    metrics: stores.metrics,
    queue,
    discard: (id) => Promise.resolve(requests["jobs.delete"]({ id }, "local")),
  });
  const requests: Handlers<JobMethod> = createJobRequests({ ...shared, ...stores, supervisor });
  const closing = new AbortController();
  return {
    requests: { ...requests, ...createQueueRequests({ ledger, queue, supervisor }) },
    onChange: (listener) => ledger.news.onChange(listener),
    setHealth: (id, health) => ledger.news.setHealth(id, health),
    replan: () => void supervisor.replan(),
    jobOfPid: (pid) => supervisor.jobOfPid(pid),
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
      resolve(ledger.news.toJob(record));
    };
    const onAbort = () => {
      end();
      reject(new AppError("cancelled", "Waiting for the job was cancelled. The run goes on."));
    };
    const onClose = () => {
      end();
      reject(new AppError("unavailable", "LoRA Desk is closing. The run goes on without it."));
    };
    const unlisten = ledger.news.onChange((record) => {
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
