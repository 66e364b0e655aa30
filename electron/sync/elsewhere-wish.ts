import { AppError } from "../../shared/app-error.ts";
import type { ProjectApi } from "../teams/project-api.ts";
import { z } from "zod";
import type { ElsewhereStore } from "./elsewhere-store.ts";
import type { OutboxStore } from "./outbox-store.ts";

export type DesiredState = "running" | "stopped";

/**
 * Asks the workstation of a job for a state. For the account's own jobs the wish goes through the
 * outbox, so it can be made without a network; for a colleague's it is made at the project at once.
 *
 * @returns whether it went into the outbox.
 * @throws AppError `not_found`, `conflict` (runs here, or has ended), and what the project refuses.
 */
export async function wishFor(
  { jobId, desiredState }: { jobId: string; desiredState: DesiredState },
  { store, outbox, api }: { store: ElsewhereStore; outbox: OutboxStore; api: ProjectApi },
): Promise<boolean> {
  if (store.isOfThisMachine(jobId)) {
    throw new AppError("conflict", "This job is one of this machine: stop or resume it itself.");
  }
  const own = store.statusOf(jobId, "own");
  refuseEnded(own ?? store.statusOf(jobId, "shared"), desiredState);
  if (own === null) {
    await api.call("request_job_state", { job_id: jobId, desired_state: desiredState }, z.null());
    store.showWish(jobId, desiredState);
    return false;
  }
  outbox.transaction(() =>
    outbox.add("training_jobs", jobId, "update", {
      columns: ["desired_state"],
      given: { desired_state: desiredState },
    }),
  );
  return true;
}

function refuseEnded(status: string | null, desiredState: DesiredState): void {
  if (status === null) {
    throw new AppError(
      "not_found",
      "There is no such job on another machine any more, or it is no longer shared.",
    );
  }
  const hasEnded =
    desiredState === "stopped"
      ? ["completed", "stopped", "failed"].includes(status)
      : status === "completed";
  if (hasEnded) throw new AppError("conflict", `The job has ended already (${status}).`);
}
