import { assertNever } from "../../shared/contract/assert-never.ts";
import type { StopMode } from "../../shared/contract/jobs.ts";
import type { JobEvent } from "./lifecycle.ts";

export const STOP_WORDS: Readonly<Record<StopMode, string>> = {
  checkpoint: "Asked to stop with a checkpoint.",
  after_epoch: "Asked to stop at the end of the epoch.",
  discard: "Asked to stop at once and to be discarded.",
};

/** Why an event changed a job's status, for its history; what the caller knows better comes first. */
export function causeOf(event: JobEvent, note: string | undefined): string {
  switch (event.type) {
    case "fail":
      return event.error.message;
    case "interrupt":
      return event.cause;
    case "stop":
      return STOP_WORDS[event.stop.mode];
    case "phase":
      return event.message === "" ? `The trainer is ${event.phase}.` : event.message;
    case "launch":
      return "Its turn came and its devices were free.";
    case "complete":
      return "The training is complete and its adapter is there.";
    case "end_stopped":
      return note ?? "The trainer has left.";
    case "defer":
      return event.delayCause ?? "Its devices were not free after all.";
    case "enqueue":
    case "arrange":
    case "resume":
      return note ?? "Queued.";
    default:
      return assertNever(event);
  }
}
