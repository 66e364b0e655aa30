import { AppError } from "../../shared/app-error.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import { ServerFault } from "./team-server.ts";

/** What stood in the way of a round, for people. */
export function describeFault(error: unknown): Failure {
  if (error instanceof AppError) return error.toFailure();
  if (!(error instanceof ServerFault)) {
    return {
      kind: "internal",
      message: "Sync stopped at a fault of its own and is tried again. The log says more.",
    };
  }
  switch (error.kind) {
    case "unreachable":
      return {
        kind: "unavailable",
        message: `The project cannot be reached (${error.message}). Your changes are kept here and sent when it can.`,
      };
    case "busy":
      return {
        kind: "unavailable",
        message: `The project is busy (${error.message}). Your changes are kept here and sent later.`,
      };
    case "unauthorised":
      return {
        kind: "forbidden",
        message: "The session has ended. Sign in again: your changes are kept here until then.",
      };
    case "refused":
      return {
        kind: "forbidden",
        message: `The project refuses to sync (${error.message}). Check it in Settings → Supabase: a migration may be missing.`,
      };
  }
}

/** Null where no curve was refused. */
export function describeRefusedPoints(
  refusals: readonly { jobName: string; error: string }[],
): Failure | null {
  const [first] = refusals;
  if (first === undefined) return null;
  const others = refusals.length === 1 ? "" : ` and of ${refusals.length - 1} more`;
  return {
    kind: "conflict",
    message: `The project did not take the curve of “${first.jobName}”${others} (${first.error}). Press Sync now to send it again.`,
  };
}
