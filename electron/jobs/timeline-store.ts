import type { TimelineEntry } from "../../shared/contract/job-records.ts";
import { timelineEntrySchema } from "../../shared/contract/job-records.ts";
import type { Row, Store } from "../store/open-store.ts";

export type NewTimelineEntry = Omit<TimelineEntry, "seq">;

export class TimelineStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Numbers the entries on from the last one of the job. */
  append(jobId: string, entries: readonly NewTimelineEntry[]): TimelineEntry[] {
    if (entries.length === 0) return [];
    return this.#store.transaction(() => {
      const last = this.#store
        .prepare("SELECT max(seq) AS seq FROM run_timeline WHERE job_id = ?")
        .get(jobId)?.["seq"];
      const first = typeof last === "number" ? last + 1 : 0;
      const insert = this.#store.prepare(
        `INSERT INTO run_timeline (job_id, seq, at, attempt, step, kind, message)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      );
      return entries.map((entry, index) => {
        const seq = first + index;
        insert.run(jobId, seq, entry.at, entry.attempt, entry.step, entry.kind, entry.message);
        return { seq, ...entry };
      });
    });
  }

  list(jobId: string): TimelineEntry[] {
    return this.#store
      .prepare("SELECT * FROM run_timeline WHERE job_id = ? ORDER BY seq")
      .all(jobId)
      .map(entryOf);
  }
}

function entryOf(row: Row): TimelineEntry {
  return {
    seq: Number(row["seq"]),
    at: String(row["at"]),
    attempt: Number(row["attempt"]),
    step: row["step"] === null ? null : Number(row["step"]),
    kind: timelineEntrySchema.shape.kind.parse(row["kind"]),
    message: String(row["message"]),
  };
}
