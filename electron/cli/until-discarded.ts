import type { CoreClient } from "../../shared/contract/contract.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Job } from "../../shared/contract/jobs.ts";

/** @returns null when the job is gone, or the job if it had come to another end before. */
export function untilDiscarded(client: CoreClient, id: string): Promise<Job | null> {
  return new Promise((resolve, reject) => {
    const end = (job: Job | null) => {
      for (const unsubscribe of subscriptions) unsubscribe();
      resolve(job);
    };
    const look = (job: Job) => {
      if (job.status === "completed" || job.status === "failed") end(job);
    };
    const subscriptions = [
      client.subscribe("jobs.removed", () => end(null), id),
      client.subscribe("jobs.changed", look, id),
    ];
    client.request("jobs.get", { id }).then(look, (error: unknown) => {
      if (error instanceof AppError && error.kind === "not_found") end(null);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
    void client.closed?.then(() =>
      reject(
        new AppError("unavailable", "The LoRA Desk that was asked has ended before the run had."),
      ),
    );
  });
}
