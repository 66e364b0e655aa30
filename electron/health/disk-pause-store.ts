import type { Row, Store } from "../store/open-store.ts";

/** A run that is stopped, or waits in the queue, for want of disk space. */
export interface DiskPause {
  jobId: string;
  /** `stopping`: asked to stop. `held`: queued, waiting for room. */
  state: "stopping" | "held";
  neededBytes: number;
  runPath: string;
}

/** `disk_pauses`. */
export class DiskPauseStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(jobId: string): DiskPause | null {
    const row = this.#store.prepare("SELECT * FROM disk_pauses WHERE job_id = ?").get(jobId);
    return row === undefined ? null : pauseOf(row);
  }

  list(): DiskPause[] {
    return this.#store.prepare("SELECT * FROM disk_pauses ORDER BY at").all().map(pauseOf);
  }

  save({ jobId, state, neededBytes, runPath }: DiskPause, at: string): void {
    this.#store
      .prepare(
        `INSERT INTO disk_pauses (job_id, state, needed_bytes, run_path, at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (job_id) DO UPDATE SET state = excluded.state, at = excluded.at`,
      )
      .run(jobId, state, neededBytes, runPath, at);
  }

  remove(jobId: string): void {
    this.#store.prepare("DELETE FROM disk_pauses WHERE job_id = ?").run(jobId);
  }
}

function pauseOf(row: Row): DiskPause {
  return {
    jobId: String(row["job_id"]),
    state: row["state"] === "held" ? "held" : "stopping",
    neededBytes: Number(row["needed_bytes"]),
    runPath: String(row["run_path"]),
  };
}
