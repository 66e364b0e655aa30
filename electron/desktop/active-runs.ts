import { jobProcedures } from "../../shared/contract/jobs.ts";
import type { Dispatch } from "../gateway/dispatch.ts";

const activeStatuses: ReadonlySet<string> = new Set(["preparing", "running", "stopping"]);

/** How many runs go on whether or not the app is open. */
export async function countActiveRuns(dispatch: Dispatch): Promise<number> {
  const outcome = await dispatch("jobs.list", {}, "desktop");
  if (!outcome.ok) return 0;
  const jobs = jobProcedures["jobs.list"].output.parse(outcome.result);
  return jobs.filter(({ status }) => activeStatuses.has(status)).length;
}
