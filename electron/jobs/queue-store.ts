import type { ProcessIdentity } from "../../shared/contract/run-folder.ts";
import type { Store } from "../store/open-store.ts";

/** A process that could not be killed, and the device that it keeps. */
export interface StuckLease {
  readonly lease: string;
  readonly process: ProcessIdentity;
  readonly bootId: string;
  readonly jobName: string;
}

/** What the queue remembers besides the jobs: `queue_state` and `stuck_leases`. */
export class QueueStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  isPaused(): boolean {
    const row = this.#store.prepare("SELECT is_paused FROM queue_state WHERE id = 1").get();
    return row?.["is_paused"] === 1;
  }

  setPaused(isPaused: boolean): void {
    this.#store
      .prepare(
        `INSERT INTO queue_state (id, is_paused) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET is_paused = excluded.is_paused`,
      )
      .run(isPaused ? 1 : 0);
  }

  stuckLeases(): StuckLease[] {
    return this.#store
      .prepare("SELECT * FROM stuck_leases ORDER BY lease, pid")
      .all()
      .map((row) => ({
        lease: String(row["lease"]),
        process: { pid: Number(row["pid"]), start_time: String(row["start_time"]) },
        bootId: String(row["boot_id"]),
        jobName: String(row["job_name"]),
      }));
  }

  addStuckLease({ lease, process, bootId, jobName }: StuckLease): void {
    this.#store
      .prepare(
        `INSERT OR REPLACE INTO stuck_leases (lease, pid, start_time, boot_id, job_name)
         VALUES (?, ?, ?, ?, ?)`,
      )
      .run(lease, process.pid, process.start_time, bootId, jobName);
  }

  removeStuckLease({ lease, process }: StuckLease): void {
    this.#store
      .prepare("DELETE FROM stuck_leases WHERE lease = ? AND pid = ?")
      .run(lease, process.pid);
  }
}
