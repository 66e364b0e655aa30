import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Method } from "../../shared/contract/contract.ts";
import { createJob, type CreateJobOptions } from "./create-job.ts";
import { deleteJob } from "./delete-job.ts";
import type { LedgerStores } from "./job-ledger.ts";
import type { JobRecord } from "./job-record.ts";
import { hasEnded } from "./job-state.ts";
import type { JobSupervisor } from "./job-supervisor.ts";
import type { JobTimings } from "./job-timings.ts";
import { readLogPage } from "./log-page.ts";
import { readMetricsWindow } from "./metrics-window.ts";
import { readIfThere, runConfigOf, runConfigText } from "./run-config.ts";
import { RunFolder } from "./run-folder.ts";

export type JobMethod = Exclude<
  Extract<Method, `jobs.${string}` | `artifacts.${string}`>,
  "artifacts.export"
>;

export interface JobRequestsOptions extends LedgerStores, CreateJobOptions {
  supervisor: JobSupervisor;
  appVersion: string;
  timings: JobTimings;
}

export function createJobRequests(options: JobRequestsOptions): Handlers<JobMethod> {
  const { ledger, jobs, metrics, timeline, samples, artifacts, supervisor, now } = options;
  /** A job that is being deleted must not come back to life halfway. */
  const deleting = new Set<string>();
  /** An answer must not be older than the events that were sent before it. */
  const asPlanned = async (id: string) => {
    await supervisor.planned();
    return ledger.toJob(ledger.get(id));
  };
  return {
    "jobs.create": async (input) => asPlanned(await createJob(options, input)),
    "jobs.list": () => jobs.list().map((record) => ledger.toJob(record)),
    "jobs.get": ({ id }) => ledger.toJob(ledger.get(id)),
    "jobs.stop": ({ id }) => {
      const record = ledger.get(id);
      if (record.state.status === "stopping") return ledger.toJob(record);
      const stopped = ledger.apply(id, {
        event: { type: "stop", at: now().toISOString() },
        note: { kind: "status", message: "Asked to stop." },
      });
      if (stopped === null) throw refusal(record, "stopped");
      supervisor.hurryStop(id);
      return ledger.toJob(stopped);
    },
    "jobs.resume": async ({ id }) => {
      const record = ledger.get(id);
      const resumed = deleting.has(id)
        ? null
        : ledger.apply(id, {
            event: { type: "resume", at: now().toISOString(), hasPriority: false },
            set: { idleInterruptions: 0 },
            note: { kind: "status", message: "Queued again, to go on from the newest checkpoint." },
          });
      if (resumed === null) throw refusal(record, "resumed");
      return asPlanned(resumed.id);
    },
    "jobs.delete": async ({ id }) => {
      deleting.add(id);
      try {
        await deleteJob(id, options);
      } finally {
        deleting.delete(id);
      }
      return null;
    },
    "jobs.metrics": ({ id, fromStep = 0, toStep = Number.MAX_SAFE_INTEGER, pixels }) => {
      ledger.get(id);
      return readMetricsWindow(metrics, id, { fromStep, toStep, pixels });
    },
    "jobs.timeline": ({ id }) => timeline.list(ledger.get(id).id),
    "jobs.samples": ({ id }) => samples.list(ledger.get(id).id),
    "jobs.log": ({ id, offset }) =>
      readLogPage(new RunFolder(ledger.get(id).runPath).logPath, offset),
    "jobs.config": async ({ id }) => {
      const record = ledger.get(id);
      const written = await readIfThere(new RunFolder(record.runPath).configPath);
      if (written !== null) return { text: written };
      // Not launched yet: what would be written now.
      const dataset = await options.findDataset(record.dataset.id);
      return { text: runConfigText(runConfigOf(record, dataset, options.appVersion)) };
    },
    "artifacts.list": () => artifacts.list(),
    "artifacts.get": ({ id }) => {
      const artifact = artifacts.find(id);
      if (artifact !== null) return artifact;
      throw new AppError("not_found", `There is no adapter ${id}. Its job may have been deleted.`);
    },
  };
}

function refusal(record: JobRecord, participle: "stopped" | "resumed"): AppError {
  const { status } = record.state;
  const advice = hasEnded(record.state)
    ? "It has ended; create a new job to train again."
    : "Stop it first.";
  return new AppError(
    "conflict",
    `“${record.name}” cannot be ${participle}: it is ${status}. ${advice}`,
  );
}
