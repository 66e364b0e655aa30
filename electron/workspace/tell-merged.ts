import { AppError } from "../../shared/app-error.ts";
import type { Handlers, Publish } from "../../shared/contract/contract.ts";
import type { MergedChange } from "../sync/merge-row.ts";

export interface MergedReaders {
  datasets: Pick<Handlers, "datasets.get">;
  jobs: Pick<Handlers, "jobs.get" | "artifacts.get">;
  notices: Pick<Handlers, "notices.list">;
}

/** Tells the window of rows of this machine that were changed elsewhere. */
export async function tellMerged(
  changes: readonly MergedChange[],
  publish: Publish,
  { datasets, jobs, notices }: MergedReaders,
): Promise<void> {
  for (const { table, rowId: id } of changes) {
    try {
      switch (table) {
        case "datasets":
          publish("datasets.changed", await datasets["datasets.get"]({ id }, "local"), id);
          break;
        case "training_jobs":
          publish("jobs.changed", await jobs["jobs.get"]({ id }, "local"), id);
          break;
        case "model_artifacts":
          publish("artifacts.changed", await jobs["artifacts.get"]({ id }, "local"), id);
          break;
        case "notifications": {
          const { unread } = await notices["notices.list"]({ limit: 1 }, "local");
          publish("notices.changed", { unread });
          break;
        }
        case "cost_records":
      }
    } catch (error) {
      // An adapter that was deleted elsewhere is not shown any more.
      if (!(error instanceof AppError)) throw error;
    }
  }
}
