import { AppError } from "../../shared/app-error.ts";
import type { Failure } from "../../shared/contract/errors.ts";
import type { RefusedPoints } from "./metrics-push-store.ts";
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
        message: `The project cannot be reached (${error.message}). Your changes are kept here and sent when it can be reached again.`,
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
export function describeRefusedPoints(refusals: readonly RefusedPoints[]): Failure | null {
  const [first] = refusals;
  if (first === undefined) return null;
  const points = `${first.points} ${first.points === 1 ? "point" : "points"}`;
  const more = refusals.slice(1);
  const morePoints = more.reduce((sum, each) => sum + each.points, 0);
  const others =
    more.length === 0
      ? ""
      : `, and ${morePoints} of ${more.length} other ${more.length === 1 ? "job" : "jobs"}`;
  return {
    kind: "conflict",
    message: `The project did not take ${points} of the curve of “${first.jobName}” (${first.error})${others}. Press Sync now to send them again.`,
  };
}
