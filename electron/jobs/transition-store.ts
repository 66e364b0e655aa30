import type { JobTransition } from "../../shared/contract/jobs.ts";
import type { Store } from "../store/open-store.ts";
import type { JobEvent } from "./lifecycle.ts";

export type NewTransition = Omit<JobTransition, "seq"> & { event: JobEvent["type"] | "create" };

export type OnTransitions = (jobId: string, transitions: readonly JobTransition[]) => void;

/** `job_transitions`: every change of a job's status, in the order in which they came about. */
export class TransitionStore {
  readonly #store: Store;
  readonly #onAppend: OnTransitions;

  /** @param onAppend hears of them in the transaction that writes them. */
  constructor(store: Store, onAppend: OnTransitions = () => undefined) {
    this.#store = store;
    this.#onAppend = onAppend;
  }

  /** @returns them with the numbers that they got. */
  append(jobId: string, transitions: readonly NewTransition[]): JobTransition[] {
    const [first] = transitions;
    if (first === undefined) return [];
    const last = this.#store
      .prepare("SELECT coalesce(max(seq), -1) AS seq FROM job_transitions WHERE job_id = ?")
      .get(jobId);
    const insert = this.#store.prepare(
      `INSERT INTO job_transitions (job_id, seq, at, attempt, from_status, to_status, event, cause)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    let seq = Number(last?.["seq"] ?? -1);
    const appended = transitions.map(({ event, ...transition }) => {
      seq += 1;
      const { at, attempt, from, to, cause } = transition;
      insert.run(jobId, seq, at, attempt, from, to, event, cause);
      return { seq, ...transition };
    });
    this.#onAppend(jobId, appended);
    return appended;
  }

  list(jobId: string): JobTransition[] {
    return this.#store
      .prepare("SELECT * FROM job_transitions WHERE job_id = ? ORDER BY seq")
      .all(jobId)
      .map((row) => ({
        seq: Number(row["seq"]),
        at: String(row["at"]),
        attempt: Number(row["attempt"]),
        from: row["from_status"] === null ? null : String(row["from_status"]),
        to: String(row["to_status"]),
        cause: String(row["cause"]),
      }));
  }
}
