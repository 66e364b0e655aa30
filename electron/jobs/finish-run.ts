import { join } from "node:path";
import { assertNever } from "../../shared/contract/assert-never.ts";
import type { GpuFault } from "../../shared/contract/gpus.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import { adapterFiles } from "./adapter-files.ts";
import type { Change, JobLedger } from "./job-ledger.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobError } from "./job-state.ts";
import type { JobTimings } from "./job-timings.ts";
import { readLogPage } from "./log-page.ts";
import type { MetricsStore } from "./metrics-store.ts";
import { retryDecision } from "./retry-decision.ts";
import { decideRunEnd, noAdapter, type RunEnd } from "./run-end.ts";
import { RunFolder } from "./run-folder.ts";
import type { Presence } from "./run-presence.ts";
import type { RunnerProcess } from "./runner-process.ts";

/** A run that is interrupted this often without a checkpoint in between is not begun again. */
const IDLE_INTERRUPTIONS_ALLOWED = 3;

export interface FinishOptions {
  ledger: JobLedger;
  metrics: MetricsStore;
  createId: () => string;
  now: () => Date;
  timings: Pick<JobTimings, "retryDelaysMs" | "deferMs">;
  /** Driver errors of this boot. */
  gpuFaults: () => readonly GpuFault[];
}

/** Brings a job to the state that the end of its attempt means. Does nothing when it has ended. */
export async function finishRun(
  options: FinishOptions,
  jobId: string,
  end: {
    exit: RunExit | null;
    presence: Presence;
    runner: RunnerProcess | null;
    /** Pids that no signal has ended. */
    unkillable: readonly number[];
  },
): Promise<void> {
  const record = options.ledger.get(jobId);
  if (end.unkillable.length > 0) return fail(options, record, cannotBeEnded(end.unkillable));
  if (end.exit === null && end.presence === "never_began" && record.state.status !== "stopping") {
    return fail(options, record, await neverBegan(record, end.runner));
  }
  const decided = decideRunEnd(record, end.exit);
  switch (decided.kind) {
    case "completed":
      return complete(options, record, decided);
    case "failed":
      return fail(options, record, decided.error);
    case "stopped":
      options.ledger.apply(jobId, {
        event: { type: "end_stopped", at: timeOf(options) },
        note: { kind: "status", message: `Stopped. ${decided.note}` },
      });
      return;
    case "gpu_taken":
      return defer(options, record, decided.message);
    case "interrupted":
      return interrupt(options, record, decided.cause);
    default:
      return assertNever(decided);
  }
}

async function complete(
  options: FinishOptions,
  record: JobRecord,
  { done, adapterPath }: Extract<RunEnd, { kind: "completed" }>,
): Promise<void> {
  const files = await adapterFiles(record.runPath, adapterPath);
  if (files.length === 0) {
    const message = `The trainer completed, but its adapter is not in ${join(record.runPath, adapterPath)}.`;
    return fail(options, record, noAdapter(message));
  }
  const at = timeOf(options);
  const id = options.createId();
  options.ledger.apply(record.id, {
    event: { type: "complete", at, artifactId: id },
    set: { adapterPath, idleInterruptions: 0 },
    artifact: {
      id,
      jobId: record.id,
      datasetId: record.dataset.id,
      name: record.name,
      files,
      quality: {
        firstLoss: done.firstLoss,
        lastLoss: done.lastLoss,
        validationLoss: options.metrics.lastValidationLoss(record.id),
        tokensPerSecond: done.tokensPerSecond,
        steps: done.step,
        seconds: done.seconds,
        bestStep: done.best?.step ?? null,
        bestLoss: done.best?.loss ?? null,
        adapterStep: done.adapterStep,
      },
      createdAt: at,
    },
  });
}

/** A job that failed stays so, or is queued again at once where a retry may mend it. */
export function fail(
  options: Pick<FinishOptions, "ledger" | "now" | "timings" | "gpuFaults">,
  record: JobRecord,
  error: JobError,
): void {
  const at = timeOf(options);
  const { retries } = record.accounting;
  const retriesUsed = record.report.hasCheckpoint ? 0 : record.retriesUsed;
  const faults = faultsOf(record, options.gpuFaults());
  const history = { retries, retriesUsed, faults };
  const decision = retryDecision(error, history, options.timings.retryDelaysMs);
  // What the trainer said itself is in the history already.
  const isKnown = record.report.error?.message === error.message;
  const told = isKnown ? [] : [`${error.message} ${error.remedy}`];
  if (!decision.retry && (retriesUsed > 0 || faults.length > 0)) {
    told.push(`Not tried again by itself. ${decision.why}`);
  }
  const failure: Change = {
    event: { type: "fail", at, error },
    ...(told.length === 0 ? {} : { note: { kind: "error", message: told.join(" ") } }),
  };
  if (!decision.retry || record.state.status === "stopping") {
    options.ledger.apply(record.id, failure);
    return;
  }
  const notBefore = new Date(Date.parse(at) + decision.delayMs).toISOString();
  const count = `(${decision.number} of ${retries})`;
  options.ledger.applyAll(record.id, [
    failure,
    {
      event: { type: "resume", at, hasPriority: true, notBefore, delayCause: error.message },
      set: { retriesUsed: decision.number },
      note: {
        kind: "status",
        message: `Queued again by itself ${count}, to go on in ${seconds(decision.delayMs)}.`,
      },
    },
  ]);
}

/** Of the job's GPUs, since this attempt began. */
function faultsOf({ device, state }: JobRecord, faults: readonly GpuFault[]): GpuFault[] {
  if (device.kind === "cpu" || !("startedAt" in state) || state.startedAt === null) return [];
  const since = Date.parse(state.startedAt);
  return faults.filter(
    ({ uuid, at }) => uuid !== null && device.uuids.includes(uuid) && Date.parse(at) >= since,
  );
}

function seconds(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`;
}

/** Nothing was started: the job waits on, and is first in line when its GPU is free. */
function defer(options: FinishOptions, record: JobRecord, message: string): void {
  const at = timeOf(options);
  const notBefore = new Date(Date.parse(at) + options.timings.deferMs).toISOString();
  const deferred = options.ledger.apply(record.id, {
    event: { type: "defer", at, notBefore, delayCause: message },
    note: { kind: "warning", message: `Not started: ${message}` },
  });
  if (deferred !== null) return;
  // It was asked to stop in the meantime.
  options.ledger.apply(record.id, {
    event: { type: "end_stopped", at },
    note: { kind: "status", message: "Stopped before it began." },
  });
}

function cannotBeEnded(pids: readonly number[]): JobError {
  const which = pids.length === 1 ? `Process ${pids[0]}` : `Processes ${pids.join(", ")}`;
  return {
    kind: "unkillable",
    message: `${which} of this run could not be ended, not even by SIGKILL: the system itself waits for a device or a disk.`,
    remedy:
      "Its GPUs are not used before it has left. If it does not, restart the computer; then press Resume.",
  };
}

function interrupt(options: FinishOptions, record: JobRecord, cause: string): void {
  const idleInterruptions = record.report.hasCheckpoint ? 0 : record.idleInterruptions + 1;
  if (idleInterruptions > IDLE_INTERRUPTIONS_ALLOWED) {
    fail(options, record, {
      kind: "keeps_being_interrupted",
      message: `This run keeps being interrupted before it can write a checkpoint (${idleInterruptions} times in a row). The last time: ${cause}`,
      remedy:
        "Find out what ends it (another program, a memory limit, restarts), or let it write checkpoints more often; then press Resume.",
    });
    return;
  }
  requeue(options, record, cause, idleInterruptions);
}

/** Interrupted and queued again in one step: an app that ends here must not leave it lying. */
export function requeue(
  options: Pick<FinishOptions, "ledger" | "now">,
  record: JobRecord,
  cause: string,
  idleInterruptions: number,
): void {
  const at = timeOf(options);
  options.ledger.applyAll(record.id, [
    {
      event: { type: "interrupt", at, cause },
      note: { kind: "warning", message: `Interrupted. ${cause}` },
    },
    {
      event: { type: "resume", at, hasPriority: true, notBefore: null, delayCause: null },
      set: { idleInterruptions },
      note: { kind: "status", message: "Queued again by itself; it goes on where it can." },
    },
  ]);
}

async function neverBegan(record: JobRecord, runner: RunnerProcess | null): Promise<JobError> {
  const { text } = await readLogPage(new RunFolder(record.runPath).logPath, -2000);
  const lines = text.trim().split("\n").slice(-5).join("\n");
  return {
    kind: "start_failed",
    message: `The training process ended before it began (${runner?.endedHow() ?? "unknown"}).${lines === "" ? "" : ` It said: ${lines}`}`,
    remedy: "Check the Python environment in Settings, then press Resume.",
  };
}

function timeOf({ now }: Pick<FinishOptions, "now">): string {
  return now().toISOString();
}
