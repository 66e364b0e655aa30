import type { CoreClient } from "../../shared/contract/contract.ts";
import type { Job } from "../../shared/contract/jobs.ts";
import { until } from "../quickstart/until.ts";

/**
 * Waits until a job no longer needs this command: its trainer runs, it has ended, or it waits its
 * turn. A core that closed earlier would take a launch back.
 */
export function untilOnItsOwn(client: CoreClient, id: string): Promise<Job> {
  return until(client, "jobs.changed", undefined, {
    start: () => client.request("jobs.get", { id }),
    settle: (job) => {
      if (job.id !== id) return undefined;
      const isOnTheWay =
        job.status === "preparing" || (job.status === "queued" && job.waitingFor === null);
      return isOnTheWay ? undefined : job;
    },
  });
}
