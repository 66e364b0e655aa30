import type { Store } from "../store/open-store.ts";
import type { OutboxStore } from "./outbox-store.ts";

export type OnDesiredState = (jobId: string, state: "running" | "stopped") => void | Promise<void>;

export interface DesiredStateDeps {
  store: Store;
  outbox: OutboxStore;
  workstation: string;
  onDesiredState: OnDesiredState;
  log: (message: string, details?: Record<string, unknown>) => void;
}

/**
 * Does what other machines ask of this one's jobs: where the project's wish differs from the job's
 * own and nothing newer of the job is on its way. A wish that cannot be granted is answered with
 * the job's own state, so that it does not stand there for ever.
 */
export async function followDesiredStates(deps: DesiredStateDeps): Promise<void> {
  for (const { jobId, wish } of wishes(deps)) {
    if (wish !== null) {
      try {
        await deps.onDesiredState(jobId, wish);
      } catch (error) {
        deps.log("A job could not do what another machine asked", {
          jobId,
          wish,
          error: String(error),
        });
      }
    }
    deps.outbox.transaction(() => {
      const row = deps.outbox.row("training_jobs", jobId);
      if (row?.["desired_state"] === wish) forgetEcho(jobId, deps.outbox);
      const isOnItsWay = deps.outbox
        .outstandingColumns("training_jobs", jobId)
        .has("desired_state");
      if (row === null || row["desired_state"] === wish || isOnItsWay) return;
      deps.outbox.add("training_jobs", jobId, "update", { columns: ["desired_state"] });
    });
  }
}

/** What was granted is at the project already; said again, it would undo a newer wish. */
function forgetEcho(jobId: string, outbox: OutboxStore): void {
  for (const entry of outbox.ofRow("training_jobs", jobId)) {
    if (entry.action !== "update" || entry.state !== "pending") continue;
    const columns = entry.columns.filter((column) => column !== "desired_state");
    if (columns.length === 0 && entry.given === null) outbox.remove(entry.seq);
    else if (columns.length < entry.columns.length) outbox.save({ ...entry, columns });
  }
}

function wishes({
  store,
  workstation,
}: DesiredStateDeps): { jobId: string; wish: "running" | "stopped" | null }[] {
  return store
    .prepare(
      `SELECT j.id, m.row ->> '$.desired_state' AS wish FROM training_jobs j
       JOIN sync_mirror m ON m.table_name = 'training_jobs' AND m.row_id = j.id
       LEFT JOIN sync_confirmed c ON c.table_name = 'training_jobs' AND c.row_id = j.id
       WHERE j.workstation = ? AND m.row IS NOT NULL
         AND j.desired_state IS NOT m.row ->> '$.desired_state'
         AND m.version >= coalesce(c.version, 0)
         AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.table_name = 'training_jobs'
           AND o.row_id = j.id AND (o.action <> 'update' OR EXISTS
             (SELECT 1 FROM json_each(o.columns) WHERE value = 'desired_state')))`,
    )
    .all(workstation)
    .map((row) => ({
      jobId: String(row["id"]),
      wish: row["wish"] === "running" || row["wish"] === "stopped" ? row["wish"] : null,
    }));
}
