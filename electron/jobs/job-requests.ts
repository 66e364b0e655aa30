import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Method } from "../../shared/contract/contract.ts";
import type { JobStop } from "../../shared/contract/jobs.ts";
import { deletionOfJob } from "../sync/deletion-reach-store.ts";
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
import { checkPredecessor } from "./predecessor.ts";
import type { BootId } from "./process-identity.ts";
import type { RunOfOthers } from "./remove-run-folder.ts";
import { RunFolder } from "./run-folder.ts";
import { STOP_WORDS } from "./transition-cause.ts";

export type JobMethod = Exclude<
  Extract<Method, `jobs.${string}` | `artifacts.${string}`>,
  "artifacts.export" | "jobs.preflight" | "jobs.dryRun" | "jobs.cancelDryRun"
>;

export interface JobRequestsOptions extends LedgerStores, CreateJobOptions {
  supervisor: JobSupervisor;
  appVersion: string;
  timings: JobTimings;
  bootId: BootId;
  stopGraceSeconds: () => number;
  runOfOthers: (jobId: string) => RunOfOthers;
}

export function createJobRequests(options: JobRequestsOptions): Handlers<JobMethod> {
  const { ledger, jobs, metrics, timeline, samples, artifacts, supervisor, now } = options;
  /** A job that is being deleted must not come back to life halfway. */
  const deleting = new Set<string>();
  /** An answer must not be older than the events that were sent before it. */
  const asPlanned = async (id: string) => {
    await supervisor.planned();
    return ledger.news.toJob(ledger.get(id));
  };
  const remove = async (id: string) => {
    deleting.add(id);
    try {
      await deleteJob(id, options);
    } finally {
      deleting.delete(id);
    }
    await supervisor.replan();
  };
  /** Asking a second time cannot give a run more time than it has. */
  const hurriedGrace = ({ state }: JobRecord, { mode, graceSeconds }: JobStop) => {
    const isSame = state.status === "stopping" && state.stop.mode === mode;
    if (!isSame || state.stop.graceSeconds !== null || graceSeconds === null) return graceSeconds;
    // An epoch may take as long as it takes where nothing is said.
    if (mode === "after_epoch") return graceSeconds;
    const { discardGraceMs } = options.timings;
    const present = mode === "discard" ? discardGraceMs / 1000 : options.stopGraceSeconds();
    return Math.min(graceSeconds, present);
  };
  return {
    "jobs.create": async (input) => asPlanned(await createJob(options, input)),
    "jobs.list": () => jobs.list().map((record) => ledger.news.toJob(record)),
    "jobs.get": ({ id }) => ledger.news.toJob(ledger.get(id)),
    "jobs.stop": async ({ id, mode, graceSeconds }) => {
      const record = ledger.get(id);
      const stop = { mode, graceSeconds: hurriedGrace(record, { mode, graceSeconds }) };
      const stopped = ledger.apply(id, {
        event: { type: "stop", at: now().toISOString(), stop },
        note: { kind: "status", message: STOP_WORDS[mode] },
      });
      if (stopped === null) {
        if (record.state.status === "stopping") return ledger.news.toJob(record);
        throw refusal(record, "stopped");
      }
      supervisor.hurryStop(id);
      if (mode === "discard" && stopped.state.status === "stopped") await remove(id);
      return ledger.news.toJob(stopped);
    },
    "jobs.checkpoint": ({ id }) => supervisor.requestCheckpoint(ledger.get(id)),
    "jobs.setAccounting": async ({ id, accounting }) => {
      const record = ledger.get(id);
      if (record.state.status === "completed") {
        throw new AppError("conflict", `“${record.name}” is completed: nothing of it can change.`);
      }
      const set = { accounting: { ...record.accounting, ...withoutUndefined(accounting) } };
      checkPredecessor(ledger, id, set.accounting.afterJobId);
      ledger.apply(id, { set });
      return asPlanned(id);
    },
    "jobs.history": ({ id }) => options.transitions.list(ledger.get(id).id),
    "jobs.resume": async ({ id }) => {
      const record = ledger.get(id);
      refuseOfCopy(record);
      const resumed = deleting.has(id)
        ? null
        : ledger.apply(id, {
            event: {
              type: "resume",
              at: now().toISOString(),
              hasPriority: false,
              notBefore: null,
              delayCause: null,
            },
            set: { idleInterruptions: 0, retriesUsed: 0 },
            note: { kind: "status", message: "Queued again, to go on from the newest checkpoint." },
          });
      if (resumed === null) throw refusal(record, "resumed");
      return asPlanned(resumed.id);
    },
    "jobs.deletion": ({ id }) =>
      deletionOfJob(options.store, ledger.get(id).id, options.workstation),
    "jobs.delete": async ({ id }) => {
      await remove(id);
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

/** What a caller names without a value stays as it is. */
function withoutUndefined<T extends object>(
  change: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Its checkpoints are on the machine that trained it, and its row is that machine's to change. */
function refuseOfCopy({ name, baseModel, workstation }: JobRecord): void {
  if (baseModel.path !== "") return;
  throw new AppError(
    "conflict",
    `“${name}” ran on ${workstation}: here is a copy of its adapter alone. Resume it there, or create a new job with its settings.`,
  );
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
