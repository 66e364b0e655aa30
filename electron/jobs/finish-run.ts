import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { assertNever } from "../../shared/contract/assert-never.ts";
import type { Artifact } from "../../shared/contract/jobs.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import type { JobLedger } from "./job-ledger.ts";
import type { JobRecord } from "./job-record.ts";
import type { JobError } from "./job-state.ts";
import { readLogPage } from "./log-page.ts";
import type { MetricsStore } from "./metrics-store.ts";
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
}

/** Brings a job to the state that the end of its attempt means. Does nothing when it has ended. */
export async function finishRun(
  options: FinishOptions,
  jobId: string,
  end: { exit: RunExit | null; presence: Presence; runner: RunnerProcess | null },
): Promise<void> {
  const record = options.ledger.get(jobId);
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

/** Files that are there, whatever the event says, and only inside the run folder. */
async function adapterFiles(runPath: string, adapterPath: string): Promise<Artifact["files"]> {
  const path = resolve(runPath, adapterPath);
  const inside = relative(resolve(runPath), path);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`)) return [];
  try {
    const entries = await readdir(path, { withFileTypes: true, recursive: true });
    const files = entries.filter((entry) => entry.isFile());
    const sized = files.map(async ({ parentPath, name }) => {
      const full = join(parentPath, name);
      const { size } = await stat(full);
      return { name: relative(path, full).split(sep).join("/"), bytes: size };
    });
    return (await Promise.all(sized)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export function fail(
  options: Pick<FinishOptions, "ledger" | "now">,
  record: JobRecord,
  error: JobError,
): void {
  // What the trainer said itself is in the history already.
  const isKnown = record.report.error?.message === error.message;
  options.ledger.apply(record.id, {
    event: { type: "fail", at: timeOf(options), error },
    ...(isKnown ? {} : { note: { kind: "error", message: `${error.message} ${error.remedy}` } }),
  });
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
      event: { type: "resume", at, hasPriority: true },
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
