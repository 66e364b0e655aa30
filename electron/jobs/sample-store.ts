import type { JobSample } from "../../shared/contract/job-records.ts";
import type { Row, Store } from "../store/open-store.ts";

/** What a model in training answered, by step and prompt. */
export class SampleStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A step that is taken again after a resume answers anew, in the place of what it said before. */
  save(jobId: string, sample: JobSample): void {
    this.#store
      .prepare(
        `INSERT INTO run_samples (job_id, step, attempt, prompt, text, at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (job_id, step, prompt) DO UPDATE SET attempt = excluded.attempt,
           text = excluded.text, at = excluded.at`,
      )
      .run(jobId, sample.step, sample.attempt, sample.prompt, sample.text, sample.at);
  }

  /** By step; within one in the order in which they came first. */
  list(jobId: string): JobSample[] {
    return this.#store
      .prepare("SELECT * FROM run_samples WHERE job_id = ? ORDER BY step, id")
      .all(jobId)
      .map(sampleOf);
  }
}

function sampleOf(row: Row): JobSample {
  return {
    step: Number(row["step"]),
    attempt: Number(row["attempt"]),
    prompt: String(row["prompt"]),
    text: String(row["text"]),
    at: String(row["at"]),
  };
}
