import { assertNever } from "../../shared/contract/assert-never.ts";
import type { RunExit } from "../../shared/contract/run-folder.ts";
import type { DoneReport, JobRecord } from "./job-record.ts";
import type { JobError } from "./job-state.ts";

export type RunEnd =
  | { kind: "completed"; done: DoneReport; adapterPath: string }
  | { kind: "stopped"; note: string }
  | { kind: "failed"; error: JobError }
  | { kind: "interrupted"; cause: string }
  | { kind: "gpu_taken"; message: string };

/** Signals by which a machine that shuts down, or a closing terminal, ends a process. */
const PASSING_SIGNALS: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT", "SIGHUP", "SIGPWR"]);

/**
 * What the end of an attempt means. Everything it wrote has been read by now.
 *
 * A stop that nobody asked this app for came from outside, as when the machine shuts down: such a
 * run is interrupted, not stopped, and goes on by itself.
 *
 * @param exit what the runner left; null when it vanished without a word.
 */
export function decideRunEnd(record: JobRecord, exit: RunExit | null): RunEnd {
  const { done, error } = record.report;
  if (exit === null) {
    if (done !== null) return fromDone(record, done);
    if (error !== null) return { kind: "failed", error };
    return stopped(record, "The process vanished: the machine was restarted, or it was killed.");
  }
  switch (exit.cause) {
    case "completed":
      return done === null ? withoutResult(exit) : fromDone(record, done);
    case "stopped":
      return stopped(record, exit.message);
    case "failed":
      return { kind: "failed", error: error ?? unexplained(exit) };
    case "killed":
      return killed(record, exit);
    case "out_of_memory":
      return {
        kind: "failed",
        error: {
          kind: "host_out_of_memory",
          message: `The system ended the training because the computer's own memory (not the GPU's) ran out${atStep(record)}.`,
          remedy:
            "Lower the batch size or the sequence length, or switch gradient checkpointing on, in a new job; or close other programs and press Resume.",
        },
      };
    case "gpu_taken":
      return { kind: "gpu_taken", message: exit.message };
    case "runner_error":
      // What the trainer came to stands, whatever became of the one that looked after it.
      if (done !== null) return fromDone(record, done);
      return { kind: "failed", error: error ?? unexplained(exit) };
    default:
      return assertNever(exit.cause);
  }
}

function fromDone(record: JobRecord, done: DoneReport): RunEnd {
  if (done.reason === "stopped") return stopped(record, "The trainer left with a checkpoint.");
  if (done.adapter === null) {
    return { kind: "failed", error: noAdapter("The trainer completed but named no adapter.") };
  }
  return { kind: "completed", done, adapterPath: done.adapter.path };
}

function stopped(record: JobRecord, message: string): RunEnd {
  return record.state.status === "stopping"
    ? { kind: "stopped", note: message }
    : { kind: "interrupted", cause: `Nobody asked this run to stop. ${message}` };
}

function killed(record: JobRecord, exit: RunExit): RunEnd {
  if (record.state.status === "stopping") {
    return {
      kind: "stopped",
      note: "The trainer had to be killed; what came after its last checkpoint is lost.",
    };
  }
  const signal = exit.signal ?? "a signal";
  if (exit.signal !== null && PASSING_SIGNALS.has(exit.signal)) {
    return { kind: "interrupted", cause: `The trainer was ended from outside by ${signal}.` };
  }
  return {
    kind: "failed",
    error: {
      kind: "killed",
      message: `The trainer was killed by ${signal}${atStep(record)}. ${exit.message}`,
      remedy:
        "Somebody, the system or a fault in a native library ended it; the log's last lines may say more. Press Resume to go on from the newest checkpoint.",
    },
  };
}

function withoutResult(exit: RunExit): RunEnd {
  return {
    kind: "failed",
    error: noAdapter(`The trainer ended as if complete but reported no result. ${exit.message}`),
  };
}

export function noAdapter(message: string): JobError {
  return {
    kind: "adapter_missing",
    message,
    remedy: "Check that the disk is not full and look at the log, then press Resume.",
  };
}

function unexplained(exit: RunExit): JobError {
  const code = exit.exit_code === null ? "" : ` (exit code ${exit.exit_code})`;
  return {
    kind: exit.cause === "runner_error" ? "runner_error" : "trainer_failed",
    message: `The trainer failed${code} without saying why. ${exit.message}`,
    remedy: "The end of the log shows what it last did. Put that right and press Resume.",
  };
}

function atStep(record: JobRecord): string {
  return record.progress.step > 0 ? ` after step ${record.progress.step}` : "";
}
