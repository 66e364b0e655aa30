import type { SyncTable } from "../../shared/contract/sync.ts";
import { OutboxStore } from "../../electron/sync/outbox-store.ts";
import type { SeededRandom } from "../torture/seeded-random.ts";
import type { Journal } from "./journal.ts";
import type { Project } from "./project.ts";
import type { Workstation } from "./workstation.ts";

/** What people do on a workstation with what others have made on theirs. */
export class TeamWork {
  readonly #random: SeededRandom;
  readonly #journal: Journal;
  readonly #project: Project;

  constructor(parts: { random: SeededRandom; journal: Journal; project: Project }) {
    this.#random = parts.random;
    this.#journal = parts.journal;
    this.#project = parts.project;
  }

  /** Another machine's dataset or adapter that is listed here, with the rows that it needs. */
  readonly download = (desk: Workstation): void => {
    if (!desk.isEnabled) return;
    const { rows } = this.#project.data;
    const wanted = this.#random.pick(["datasets", "model_artifacts"] as const);
    const found = [...rows[wanted].values()]
      .filter((row) => row.user_id === desk.userId && row["deleted_at"] === null)
      .filter(({ id }) => isListed(desk, wanted, id))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    const row = found[Math.floor(this.#random.upTo(found.length))];
    if (row === undefined || isLeaving(desk, wanted, row.id)) return;
    if (wanted === "datasets") return desk.rows.adopt("datasets", row);
    const job = rows.training_jobs.get(String(row["job_id"]));
    const dataset = rows.datasets.get(String(row["dataset_id"]));
    if (job === undefined || dataset === undefined || job["workstation"] === desk.host) return;
    if (isLeaving(desk, "training_jobs", job.id)) return;
    desk.store.transaction(() => {
      desk.rows.adopt("datasets", dataset);
      const jobDataset = rows.datasets.get(String(job["dataset_id"]));
      if (jobDataset !== undefined) desk.rows.adopt("datasets", jobDataset);
      desk.rows.adopt("training_jobs", job);
      desk.rows.adopt("model_artifacts", row);
    });
  };

  /** Asks the machine that a job belongs to that it stop, or go on. */
  readonly askElsewhere = (desk: Workstation): void => {
    if (!desk.isEnabled) return;
    const found = desk.store
      .prepare(
        `SELECT row_id FROM sync_mirror m WHERE table_name = 'training_jobs' AND row IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM training_jobs j WHERE j.id = m.row_id)
         AND NOT EXISTS (SELECT 1 FROM sync_outbox o WHERE o.row_id = m.row_id) ORDER BY row_id`,
      )
      .all();
    const job = found[Math.floor(this.#random.upTo(found.length))];
    if (job === undefined) return;
    const rowId = String(job["row_id"]);
    const wish = { desired_state: this.#random.pick(["running", "stopped"]) };
    const more = { columns: ["desired_state"], given: wish };
    const outbox = new OutboxStore(desk.store);
    outbox.transaction(() => outbox.add("training_jobs", rowId, "update", more));
    this.#journal.countChange(desk.name, rowId);
  };
}

/** In the feed, as far as the machine has read it. */
function isListed({ store }: Workstation, table: SyncTable, id: string): boolean {
  const sql = "SELECT 1 FROM sync_mirror WHERE table_name = ? AND row_id = ? AND row IS NOT NULL";
  return store.prepare(sql).get(table, id) !== undefined;
}

/** On its way out of the project: nobody downloads what they have just deleted. */
function isLeaving(desk: Workstation, table: SyncTable, id: string): boolean {
  return new OutboxStore(desk.store).ofRow(table, id).length > 0;
}
