import { jobHealthSchema } from "../../shared/contract/job-facts.ts";
import type { Store } from "../store/open-store.ts";
import { keyOf } from "./finding.ts";
import type { Assessed, Occurrence } from "./occurrences.ts";

/** `run_findings`: what was found about the attempts of runs, so that a restart knows it. */
export class FindingStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The latest occurrence of each key. */
  load(jobId: string, attempt: number): Map<string, Occurrence> {
    const rows = this.#store
      .prepare("SELECT * FROM run_findings WHERE job_id = ? AND attempt = ? ORDER BY since")
      .all(jobId, attempt);
    const occurrences = rows.map((row): Occurrence => ({
      kind: jobHealthSchema.shape.kind.parse(row["kind"]),
      subject: String(row["subject"]),
      since: String(row["since"]),
      message: String(row["message"]),
      advice: String(row["advice"]),
      clearedAt: row["cleared_at"] === null ? null : String(row["cleared_at"]),
    }));
    return new Map(occurrences.map((each) => [keyOf(each), each]));
  }

  save(jobId: string, attempt: number, { begun, cleared, reopened }: Assessed): void {
    for (const { kind, subject, since, message, advice, clearedAt } of [
      ...begun,
      ...reopened,
      ...cleared,
    ]) {
      this.#store
        .prepare(
          `INSERT INTO run_findings (job_id, attempt, kind, subject, since, message, advice, cleared_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (job_id, attempt, kind, subject, since)
           DO UPDATE SET cleared_at = excluded.cleared_at`,
        )
        .run(jobId, attempt, kind, subject, since, message, advice, clearedAt);
    }
  }
}
