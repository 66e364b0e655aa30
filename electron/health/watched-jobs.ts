import type { MetricsPoint } from "../../shared/contract/job-records.ts";
import type { Jobs } from "../jobs/open-job-supervisor.ts";
import { RunFolder } from "../jobs/run-folder.ts";
import type { WatchedJobs } from "./open-health-watch.ts";

/** More than there are steps in what is asked for, so that no point is left out. */
const PIXELS = 10_000;

/** @param jobs asked for when needed: the queue asks the watch before either is complete. */
export function watchedJobs(jobs: () => Jobs): WatchedJobs {
  return {
    list: async () => jobs().requests["jobs.list"]({}, "local"),
    async pointsFrom(id, fromStep): Promise<MetricsPoint[]> {
      const window = { id, fromStep, pixels: PIXELS };
      return (await jobs().requests["jobs.metrics"](window, "local")).points;
    },
    readHeartbeat: ({ runPath, attempt }) => new RunFolder(runPath).readHeartbeat(attempt),
    stop: async (id) =>
      jobs().requests["jobs.stop"]({ id, mode: "checkpoint", graceSeconds: null }, "local"),
    resume: async (id) => jobs().requests["jobs.resume"]({ id }, "local"),
    setHealth: (id, health) => jobs().setHealth(id, health),
    replan: () => jobs().replan(),
  };
}
